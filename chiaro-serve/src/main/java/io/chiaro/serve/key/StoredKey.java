package io.chiaro.serve.key;

/**
 * A key as a file knows it: enough to recognise it, not enough to use it.
 *
 * @param id public part of the key; it may stand in logs
 * @param name what its owner called it
 * @param role what it allows
 * @param created when, in UTC (ISO 8601)
 * @param salt random bytes in hexadecimal, other ones for each key
 * @param hash SHA-256 of the salt's bytes followed by the key's text, in hexadecimal
 */
public record StoredKey(String id, String name, Role role, String created, String salt, String hash) {

    public StoredKey {
        if (!salt.matches("([0-9a-f]{2})+") || !hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("the salt or the hash of key " + id + " is damaged. Revoke it.");
        }
    }
}
