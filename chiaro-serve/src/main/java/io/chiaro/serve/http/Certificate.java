package io.chiaro.serve.http;

import io.chiaro.core.AtomicFiles;
import io.chiaro.core.ChiaroException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collections;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a server shows of itself over HTTPS. Its files are read whenever it is loaded.
 *
 * @param file a key store in the form PKCS12 or JKS with the certificate and its key; or, if there is a key beside it, the chain of
 *     certificates in PEM, the server's own first
 * @param key the private key in PEM, in the form PKCS#8 and without a password
 * @param password of the store; never printed
 */
public record Certificate(Path file, Optional<Path> key, String password) {

    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([^-]+)-----END");
    private static final String PKCS8 = "PRIVATE KEY";

    /** Of the store in memory that PEM becomes, which nobody else sees. */
    private static final String MEMORY = "memory";

    /** The certificate and key of a key store. */
    public static Certificate ofStore(Path store, String password) {
        return new Certificate(store, Optional.empty(), password);
    }

    /** A chain of certificates and a private key, both in PEM. */
    public static Certificate ofPem(Path chain, Path key) {
        return new Certificate(chain, Optional.of(key), MEMORY);
    }

    /**
     * Reads the files, and tries whether what they hold fits together.
     *
     * @throws ChiaroException of kind usage if a file cannot be read, or holds something else than it should
     */
    KeyStore load() {
        KeyStore store = key.isPresent() ? pem(key.get()) : store();
        try {
            // Here and not at the first connection: the password of the key may be another than that of the store.
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
                    .init(store, password.toCharArray());
            boolean keyed = false;
            for (String alias : Collections.list(store.aliases())) {
                keyed |= store.isKeyEntry(alias);
            }
            if (!keyed) {
                throw wrong(
                        file, "a certificate with its private key, but found none", "Put both into the store.", null);
            }
        } catch (GeneralSecurityException e) {
            throw wrong(file, "a key of the same password as its store, but found another", "Give them one.", e);
        }
        return store;
    }

    private KeyStore store() {
        if (!Files.isRegularFile(file)) {
            throw wrong(file, "a key store of the form PKCS12 or JKS, but found no file", "Check the path.", null);
        }
        try {
            return KeyStore.getInstance(file.toFile(), password.toCharArray());
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw wrong(
                        file,
                        "a key store of the given password, but the password is wrong",
                        "Correct the file of the password.",
                        e);
            }
            throw unread(file, "a key store of the form PKCS12 or JKS", e);
        } catch (GeneralSecurityException e) {
            throw wrong(
                    file,
                    "a key store of the form PKCS12 or JKS, but found something else",
                    "For PEM, name the private key, too.",
                    e);
        }
    }

    private KeyStore pem(Path keyFile) {
        java.security.cert.Certificate[] chain = chain();
        PrivateKey secret = secret(keyFile, chain[0].getPublicKey().getAlgorithm());
        if (!fits(secret, chain[0])) {
            throw wrong(
                    keyFile,
                    "the private key of the first certificate in " + file + ", but found another",
                    "Take both from one renewal, the server's own certificate first.",
                    null);
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", secret, MEMORY.toCharArray(), chain);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw wrong(file, "a chain of certificates, each signed by the next, but found another", "Order it.", e);
        }
    }

    private java.security.cert.Certificate[] chain() {
        try {
            java.security.cert.Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes(file, "a chain of certificates in PEM")))
                    .toArray(java.security.cert.Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            throw wrong(file, "a chain of certificates in PEM, but found something else", "Check the file.", e);
        }
        throw wrong(file, "a chain of certificates in PEM, but found none", "Check the file.", null);
    }

    private static PrivateKey secret(Path keyFile, String algorithm) {
        String wanted = "a private key in PEM, in the form PKCS#8 (BEGIN PRIVATE KEY)";
        String advice = "Write it with: openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY8";
        Matcher found = PEM.matcher(new String(bytes(keyFile, wanted), StandardCharsets.US_ASCII));
        if (!found.find() || !String.valueOf(found.group(1)).equals(PKCS8)) {
            throw wrong(keyFile, wanted + ", but found another form", advice, null);
        }
        try {
            byte[] code = Base64.getMimeDecoder().decode(found.group(2));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(code));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw wrong(
                    keyFile,
                    "a private key of the kind of its certificate (" + algorithm + "), but found another",
                    "Take both from one renewal.",
                    e);
        }
    }

    /** Whether what the one signs the other knows. */
    private static boolean fits(PrivateKey secret, java.security.cert.Certificate shown) {
        String algorithm = secret.getAlgorithm();
        String signing =
                algorithm.equals("RSA") ? "SHA256withRSA" : algorithm.equals("EC") ? "SHA256withECDSA" : algorithm;
        try {
            Signature signature = Signature.getInstance(signing);
            signature.initSign(secret);
            signature.update((byte) 1);
            byte[] signed = signature.sign();
            signature.initVerify(shown.getPublicKey());
            signature.update((byte) 1);
            return signature.verify(signed);
        } catch (GeneralSecurityException another) {
            return false;
        }
    }

    private static byte[] bytes(Path from, String wanted) {
        try {
            return Files.readAllBytes(from);
        } catch (IOException e) {
            throw unread(from, wanted, e);
        }
    }

    private static ChiaroException unread(Path from, String wanted, IOException e) {
        return wrong(from, wanted + ", but found: " + AtomicFiles.reason(e), "Check the path.", e);
    }

    private static ChiaroException wrong(Path where, String sentence, String advice, @Nullable Exception cause) {
        String message = where + ": expected " + sentence + ". " + advice;
        return cause == null
                ? ChiaroException.usage(message)
                : ChiaroException.of(ChiaroException.Kind.USAGE, message, cause);
    }

    @Override
    public String toString() {
        return "Certificate[" + file + "]";
    }
}
