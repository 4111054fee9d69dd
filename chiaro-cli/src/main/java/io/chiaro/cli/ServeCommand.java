package io.chiaro.cli;

import io.chiaro.cli.console.OptionValues;
import io.chiaro.cli.console.Output;
import io.chiaro.cli.quickstart.Quickstart;
import io.chiaro.cli.serving.BesideIndex;
import io.chiaro.cli.serving.ServeOptions;
import io.chiaro.cli.serving.Serving;
import io.chiaro.core.ChiaroException;
import io.chiaro.search.TextIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves a model and its indexes. */
@Command(
        name = "serve",
        header = "Serve a model and its indexes over HTTP.",
        description = {
            "Speaks OpenAI's /v1/embeddings, the routes of Text Embeddings Inference, and search under /v1/indexes;"
                    + " /openapi.json describes them all. Runs on ONNX Runtime. Says \"ready http://...\" on standard error"
                    + " when it accepts requests, then a line of JSON for each. When asked to end, it finishes what it"
                    + " accepted."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  chiaro serve --model all-MiniLM-L6-v2",
            "  chiaro quickstart && chiaro serve --demo           search from definitions in the browser",
            "  chiaro serve --model out/quickstart/model --index out/quickstart/index --port 9000",
            "  chiaro serve --model all-MiniLM-L6-v2 --indexes indexes --keys keys.json    make indexes over HTTP",
            "  chiaro serve --model out/run/model --index out/index --beside out/base-index=all-MiniLM-L6-v2 --runs out",
            "  chiaro serve --model all-MiniLM-L6-v2 --rerank out/reranker/model",
            "  chiaro serve --model all-MiniLM-L6-v2 --traces http://127.0.0.1:4318",
            "  chiaro keys add --keys keys.json --name app && chiaro serve --model out/run/model --keys keys.json"
        })
final class ServeCommand extends RunnableCommand {

    private static final String QUICKSTART = "out/quickstart";

    @Option(names = "--model", paramLabel = "NAME|DIR", description = "A model name or folder.")
    @Nullable
    String model;

    @Option(
            names = "--index",
            paramLabel = "DIR",
            description =
                    "A folder that chiaro index wrote with this model, served under its own name; can be given more"
                            + " than once.")
    List<Path> index = new ArrayList<>();

    @Option(
            names = "--indexes",
            paramLabel = "DIR",
            description =
                    "A folder whose folders are indexes of this model: all of them are served, and admins make and drop"
                            + " indexes in it (POST and DELETE /v1/indexes) while the server runs.")
    @Nullable
    Path indexes;

    @Option(
            names = "--beside",
            paramLabel = "DIR=MODEL",
            description =
                    "An index of another model with the name or folder of that model, to compare what the two find: the"
                            + " base model's index of the same documents, say. Can be given more than once.")
    List<String> beside = new ArrayList<>();

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            description =
                    "Show the training runs and the report.json of this folder and of those right in it, as they grow.")
    @Nullable
    Path runs;

    @Option(
            names = "--rerank",
            paramLabel = "DIR",
            description = "A cross-encoder or late-interaction model with its ONNX graph, served at /rerank.")
    @Nullable
    String rerank;

    @Option(
            names = "--sparse",
            paramLabel = "DIR",
            description = "A sparse encoder with its ONNX graph, served at /embed_sparse.")
    @Nullable
    String sparse;

    @Option(
            names = "--demo",
            arity = "0..1",
            fallbackValue = QUICKSTART,
            paramLabel = "DIR",
            description =
                    "Serve what chiaro quickstart left in a folder (default: " + QUICKSTART + "): its model, its index"
                            + " and a page to search with, beside what the base model finds. Draws the map of the index, if"
                            + " it has none.")
    @Nullable
    Path demo;

    @Option(names = "--port", paramLabel = "N", description = "Where to listen; 0 is any free port (default: 8080).")
    int port = 8080;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Which address to listen at (default: 127.0.0.1, this machine alone).")
    String host = "127.0.0.1";

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            description =
                    "Let in only who has a key of this file (chiaro keys add); only /health, /ping and the page, which asks"
                            + " for one, are for all.")
    @Nullable
    Path keys;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description =
                    "Speak HTTPS with the certificate and key of this key store, PKCS12 or JKS, or with this chain of"
                            + " certificates in PEM. POST /v1/reload reads it anew.")
    @Nullable
    Path certificate;

    @Option(
            names = "--certificate-password",
            paramLabel = "FILE",
            description = "The file whose first line is the password of --certificate.")
    @Nullable
    Path certificatePassword;

    @Option(
            names = "--certificate-key",
            paramLabel = "FILE",
            description = "The private key of a --certificate in PEM, itself in PEM (PKCS#8, without a password).")
    @Nullable
    Path certificateKey;

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN",
            description =
                    "Let pages of this origin (https://app.example.org) ask from a browser; * lets all. May be given again"
                            + " (default: none but the server's own page).")
    List<String> origins = new ArrayList<>();

    @Option(
            names = "--traces",
            paramLabel = "URL",
            description =
                    "Send a trace of each request to this OpenTelemetry collector, by OTLP over HTTP (default: where"
                            + " OTEL_EXPORTER_OTLP_ENDPOINT says, else nowhere).")
    @Nullable
    String traces;

    @Option(
            names = "--served-name",
            paramLabel = "NAME",
            description = "What clients call the model (default: its name, or that of its folder).")
    @Nullable
    String servedName;

    @Option(
            names = "--served-rerank-name",
            paramLabel = "NAME",
            description =
                    "What clients call the model of --rerank (default: its folder, or the one above a folder model).")
    @Nullable
    String servedRerankName;

    @Option(
            names = "--served-sparse-name",
            paramLabel = "NAME",
            description = "What clients call the model of --sparse (default: as for --rerank).")
    @Nullable
    String servedSparseName;

    @Option(
            names = "--auto-truncate",
            description =
                    "Cut texts beyond the model's limit unless a request says otherwise; they are refused without.")
    boolean autoTruncate;

    @Option(
            names = "--max-batch-tokens",
            paramLabel = "N",
            description =
                    "Most tokens computed at once by a thread, padding included (default: 1024); fewer, but 64, where they"
                            + " would take longer than ten milliseconds.")
    int batchTokens = 1024;

    @Option(
            names = "--max-queue-tokens",
            paramLabel = "N",
            description = "Most tokens that wait; what would exceed them is refused with 429 (default: 131072).")
    int queueTokens = 131_072;

    @Option(
            names = "--max-wait",
            paramLabel = "SECONDS",
            description =
                    "Longest time behind other requests, by the speed of late; where it would be longer, a request is"
                            + " refused with 429 (default: 10). The default suits clients that would rather wait; 0.005 keeps the answers of"
                            + " an overloaded server about as quick as those of an idle one, and refuses the rest.")
    double maxWait = 10;

    @Option(
            names = "--max-request-tokens",
            paramLabel = "N",
            description = "Most tokens of a request (default: 65536).")
    int requestTokens = 65_536;

    @Option(names = "--max-inputs", paramLabel = "N", description = "Most texts of a request (default: 2048).")
    int inputs = 2048;

    @Option(names = "--max-body-bytes", paramLabel = "N", description = "Most bytes of a request (default: 4194304).")
    int bodyBytes = 4_194_304;

    @Option(names = "--max-connections", paramLabel = "N", description = "Most requests at a time (default: 256).")
    int connections = 256;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            description = "Longest time of a request, waiting included; then it is answered with 504 (default: 30).")
    int deadline = 30;

    @Override
    void run(Output output) {
        if ((demo != null) == (model != null)
                || (demo != null && !(index.isEmpty() && indexes == null && beside.isEmpty() && runs == null))) {
            throw ChiaroException.usage(
                    "serve: expected either --model, with or without --index, --indexes, --beside and --runs, or"
                            + " --demo alone.");
        }
        boolean keyed = (certificatePassword == null) != (certificateKey == null);
        if (certificate == null ? certificatePassword != null || certificateKey != null : !keyed) {
            throw ChiaroException.usage(
                    "serve: expected --certificate with --certificate-password for a key store, or with --certificate-key"
                            + " for PEM, but found another set of them.");
        }
        if (servedRerankName != null && rerank == null) {
            throw ChiaroException.usage(
                    "--served-rerank-name: has no effect without --rerank. Add it, or leave the option" + " out.");
        }
        if (servedSparseName != null && sparse == null) {
            throw ChiaroException.usage(
                    "--served-sparse-name: has no effect without --sparse. Add it, or leave the option" + " out.");
        }
        if (port < 0 || port > 65_535) {
            throw ChiaroException.usage("--port: expected 0 to 65535, but found " + port + ".");
        }
        if (demo != null && !Files.isDirectory(demo.resolve("model"))) {
            throw ChiaroException.usage("--demo: expected what chiaro quickstart leaves in "
                    + demo.toAbsolutePath() + ", but found nothing there. Run chiaro quickstart first, or say where it"
                    + " wrote: --demo=DIR.");
        }
        if (runs != null && !Files.isDirectory(runs)) {
            throw ChiaroException.usage(
                    "--runs: expected a folder, but found none at " + runs.toAbsolutePath() + ". Check the path.");
        }
        if (!(maxWait >= 0 && maxWait <= 3600)) {
            throw ChiaroException.usage("--max-wait: expected 0 to 3600 seconds, but found " + maxWait + ".");
        }
        OptionValues.positive("--max-batch-tokens", batchTokens);
        OptionValues.positive("--max-queue-tokens", queueTokens);
        OptionValues.positive("--max-request-tokens", requestTokens);
        OptionValues.positive("--max-inputs", inputs);
        OptionValues.positive("--max-body-bytes", bodyBytes);
        OptionValues.positive("--max-connections", connections);
        OptionValues.positive("--deadline", deadline);
        Serving.run(
                output,
                new ServeOptions(
                        demo != null ? demo.resolve("model").toString() : String.valueOf(model),
                        demo != null ? List.of(demo.resolve("index")) : index,
                        Optional.ofNullable(indexes),
                        demo != null
                                ? besideDemo(demo)
                                : beside.stream().map(BesideIndex::parse).toList(),
                        Optional.ofNullable(demo != null ? demo : runs),
                        Optional.ofNullable(rerank),
                        Optional.ofNullable(sparse),
                        host,
                        port,
                        Optional.ofNullable(keys),
                        Optional.ofNullable(certificate),
                        Optional.ofNullable(certificatePassword),
                        Optional.ofNullable(certificateKey),
                        origins,
                        Optional.ofNullable(servedName),
                        Optional.ofNullable(servedRerankName),
                        Optional.ofNullable(servedSparseName),
                        batchTokens,
                        queueTokens,
                        Duration.ofNanos(Math.round(maxWait * 1e9)),
                        requestTokens,
                        inputs,
                        bodyBytes,
                        connections,
                        deadline,
                        autoTruncate,
                        computeThreads(),
                        Optional.ofNullable(traces),
                        demo != null));
    }

    /** The base model's index, which quickstarts before this version did not leave. */
    private static List<BesideIndex> besideDemo(Path demo) {
        Path folder = demo.resolve(Quickstart.BASE_INDEX);
        return TextIndex.exists(folder) ? List.of(new BesideIndex(folder, Quickstart.BASE)) : List.of();
    }
}
