package io.chiaro.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.onnx.OnnxEmbedder;
import io.chiaro.serve.http.Certificate;
import io.chiaro.serve.key.KeyFile;
import io.chiaro.serve.key.Role;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Key;
import java.security.KeyStore;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPS, from a key store and from PEM, and a certificate that is renewed while the server runs. */
class CertificateTest {

    private static final String PASSWORD = "not-a-secret";

    @TempDir
    Path folder = Path.of("");

    private Path store(String name, String algorithm) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "here",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD,
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        assertThat(made.waitFor()).isZero();
        return store;
    }

    private static KeyStore opened(Path store) throws Exception {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    private Path chain(Path store) throws Exception {
        return pem(store, "CERTIFICATE", opened(store).getCertificate("here").getEncoded());
    }

    private Path key(Path store, String kind) throws Exception {
        Key key = opened(store).getKey("here", PASSWORD.toCharArray());
        return pem(store, kind, key.getEncoded());
    }

    private Path pem(Path store, String kind, byte[] code) throws Exception {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(code);
        return Files.writeString(
                folder.resolve(store.getFileName() + "." + kind.replace(' ', '-')),
                "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
    }

    /** Trusts these certificates and no others. */
    private static HttpClient client(Path... stores) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (Path store : stores) {
            trusted.setCertificateEntry(
                    String.valueOf(store.getFileName()), opened(store).getCertificate("here"));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(context)
                .build();
    }

    private static HttpResponse<String> asked(HttpClient client, Server server) throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve("/health")).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String name(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).isEqualTo(200);
        return response.sslSession().orElseThrow().getPeerPrincipal().getName();
    }

    private static ServerSettings showing(Certificate certificate) {
        ServerSettings settings = ServerSettings.defaults();
        return settings.withHttp(settings.http().withCertificate(certificate));
    }

    private Server server(ServerSettings settings) {
        return Server.start(
                () -> new Content(TinyModel.create(folder.resolve("tiny"), 1, true), List.of()), settings, line -> {});
    }

    private void assertRefused(Certificate certificate, String... reasons) {
        try (OnnxEmbedder model = TinyModel.create(folder.resolve("tiny"), 1, true)) {
            assertThatThrownBy(() -> Server.start(model, List.of(), showing(certificate), line -> {}))
                    .isInstanceOfSatisfying(
                            ChiaroException.class, e -> assertThat(e.kind()).isEqualTo(ChiaroException.Kind.USAGE))
                    .hasMessageContainingAll(reasons)
                    .hasMessageNotContaining(PASSWORD)
                    .hasMessageNotContaining("--port");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void a_key_store_and_the_same_in_pem_are_shown_to_clients(String algorithm) throws Exception {
        Path store = store("here", algorithm);
        for (Certificate certificate : List.of(
                Certificate.ofStore(store, PASSWORD), Certificate.ofPem(chain(store), key(store, "PRIVATE KEY")))) {
            assertThat(certificate.toString()).doesNotContain(PASSWORD);
            try (Server server = server(showing(certificate))) {
                assertThat(server.address()).hasScheme("https");
                assertThat(name(asked(client(store), server))).isEqualTo("CN=here");
            }
        }
    }

    @Test
    void what_is_wrong_with_a_certificate_is_said_before_anything_listens() throws Exception {
        Path store = store("here", "EC");
        Path other = store("other", "EC");
        Path rsa = store("rsa", "RSA");
        Path chain = chain(store);
        assertRefused(Certificate.ofStore(store, "wrong"), store.toString(), "the password is wrong");
        assertRefused(Certificate.ofStore(chain, PASSWORD), "PKCS12 or JKS", "name the private key, too");
        assertRefused(Certificate.ofStore(folder.resolve("none.p12"), PASSWORD), "none.p12", "Check the path");
        assertRefused(Certificate.ofPem(folder.resolve("none.pem"), chain), "none.pem", "Check the path");
        assertRefused(Certificate.ofPem(chain, key(other, "PRIVATE KEY")), "of the first certificate", "one renewal");
        assertRefused(Certificate.ofPem(chain, key(rsa, "PRIVATE KEY")), "of the kind of its certificate (EC)");
        assertRefused(Certificate.ofPem(chain, key(store, "EC PRIVATE KEY")), "PKCS#8", "openssl pkcs8 -topk8");
        assertRefused(Certificate.ofPem(chain, key(store, "ENCRYPTED PRIVATE KEY")), "PKCS#8", "-nocrypt");
        assertRefused(Certificate.ofPem(chain, chain), "a private key in PEM");
        assertRefused(Certificate.ofPem(key(store, "PRIVATE KEY"), key(store, "PRIVATE KEY")), "certificates in PEM");
    }

    @Test
    void a_renewed_certificate_is_shown_after_a_reload_and_open_connections_stay() throws Exception {
        Path before = store("before", "EC");
        Path after = store("after", "EC");
        Path shown = Files.copy(before, folder.resolve("shown.p12"));
        Path keys = folder.resolve("keys.json");
        String admin = KeyFile.openOrCreate(keys)
                .add("admin", Role.ADMIN, Clock.systemUTC())
                .text();
        try (Server server =
                server(showing(Certificate.ofStore(shown, PASSWORD)).withKeys(keys))) {
            HttpClient connected = client(before, after);
            assertThat(name(asked(connected, server))).isEqualTo("CN=before");
            HttpRequest reload = HttpRequest.newBuilder(server.address().resolve("/v1/reload"))
                    .header("Authorization", "Bearer " + admin)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();

            Files.writeString(shown, "half a file");
            HttpResponse<String> refused = connected.send(reload, HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(424);
            assertThat(refused.body()).contains("what was served before is served on", "shown.p12");
            assertThat(name(asked(client(before), server))).isEqualTo("CN=before");

            Files.copy(after, shown, StandardCopyOption.REPLACE_EXISTING);
            HttpResponse<String> reloaded = connected.send(reload, HttpResponse.BodyHandlers.ofString());
            assertThat(reloaded.statusCode()).as(reloaded.body()).isEqualTo(200);

            assertThat(name(asked(connected, server))).as("the same connection").isEqualTo("CN=before");
            assertThat(name(asked(client(after), server))).isEqualTo("CN=after");
        }
    }
}
