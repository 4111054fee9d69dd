package io.chiaro.cli.serving;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What {@code chiaro serve} was told.
 *
 * @param model name or directory
 * @param indexes folders
 * @param shelf a folder of indexes, in which they are made and dropped
 * @param beside indexes of other models
 * @param runs a folder of training runs
 * @param reranker the folder of a cross-encoder or a late-interaction model
 * @param sparse the folder of a sparse encoder
 * @param host to listen at
 * @param port 0 for any free one
 * @param keys file of keys
 * @param certificate key store for HTTPS, or certificates in PEM
 * @param certificatePassword file with the password of a key store
 * @param certificateKey private key of certificates in PEM
 * @param origins sites whose pages may ask
 * @param servedName what clients call the model
 * @param servedRerankName what they call the reranker
 * @param servedSparseName what they call the sparse encoder
 * @param batchTokens most tokens of a batch
 * @param queueTokens most tokens that wait
 * @param longestWait longest time behind others
 * @param requestTokens most tokens of a request
 * @param inputs most texts of a request
 * @param bodyBytes most bytes of a request
 * @param connections most requests at a time
 * @param deadlineSeconds longest time of a request
 * @param truncates whether long texts are cut
 * @param threads that compute
 * @param traces the address of a collector of traces, before what the environment says
 * @param drawsMap whether the map of the first index is drawn if it has none
 */
public record ServeOptions(
        String model,
        List<Path> indexes,
        Optional<Path> shelf,
        List<BesideIndex> beside,
        Optional<Path> runs,
        Optional<String> reranker,
        Optional<String> sparse,
        String host,
        int port,
        Optional<Path> keys,
        Optional<Path> certificate,
        Optional<Path> certificatePassword,
        Optional<Path> certificateKey,
        List<String> origins,
        Optional<String> servedName,
        Optional<String> servedRerankName,
        Optional<String> servedSparseName,
        int batchTokens,
        int queueTokens,
        Duration longestWait,
        int requestTokens,
        int inputs,
        int bodyBytes,
        int connections,
        int deadlineSeconds,
        boolean truncates,
        int threads,
        Optional<String> traces,
        boolean drawsMap) {}
