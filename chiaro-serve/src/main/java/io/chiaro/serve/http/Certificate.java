package io.chiaro.serve.http;

import java.nio.file.Path;

/**
 * What a server shows of itself over HTTPS.
 *
 * @param store a key store in the form PKCS12 or JKS with the certificate and its key
 * @param password of the store; never printed
 */
public record Certificate(Path store, String password) {

    @Override
    public String toString() {
        return "Certificate[" + store + "]";
    }
}
