package io.chiaro.serve.route;

import io.chiaro.core.Names;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.ModelSpecification;
import io.chiaro.model.TokenEmbedder;
import io.chiaro.model.Tokenizer;
import io.chiaro.serve.batch.BatchQueue;
import io.chiaro.serve.metric.Metrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The model behind the routes: texts become tokens on the thread of their request and vectors in the queue. The request
 * waits there until the vectors are made or its time is over, whichever comes first. Safe for any thread.
 */
public final class ServedModel {

    private final String name;
    private final TokenEmbedder embedder;
    private final QueuedWork<int[]> work;
    private final Limits limits;

    /**
     * Puts a model behind routes.
     *
     * @param name what clients call it
     */
    public ServedModel(String name, TokenEmbedder embedder, BatchQueue<int[]> queue, Limits limits, Metrics metrics) {
        this.name = name;
        this.embedder = embedder;
        this.limits = limits;
        this.work = new QueuedWork<>(name, queue, text -> text.length, limits, metrics, Metrics.EMBED);
    }

    /** The last part of a path, or the name itself: clients need not know folders. */
    public static String shortName(String nameOrDirectory) {
        Path last = Path.of(nameOrDirectory).normalize().getFileName();
        return last == null || last.toString().isEmpty() ? nameOrDirectory : last.toString();
    }

    String name() {
        return name;
    }

    Limits limits() {
        return limits;
    }

    ModelDescription description() {
        return embedder.description();
    }

    String precision() {
        return embedder.precision();
    }

    Tokenizer tokenizer() {
        return embedder.tokenizer();
    }

    private ModelSpecification specification() {
        return embedder.specification();
    }

    /** What goes before a text that nothing is said about. */
    String defaultPrompt() {
        return specification().prompts().text();
    }

    /** What goes before a query. */
    String queryPrompt() {
        return specification().prompts().query();
    }

    /** What goes before a document. */
    String documentPrompt() {
        return specification().prompts().document();
    }

    /** The prompt of a name: query, document, or one that the model's files name. */
    String prompt(Call call, String promptName) {
        return switch (promptName) {
            case "query" -> specification().prompts().query();
            case "document" -> specification().prompts().document();
            default -> {
                String prompt = specification().otherPrompts().get(promptName);
                if (prompt == null) {
                    throw call.unprocessable("expected the name of a prompt at \"prompt_name\", but found \""
                            + promptName + "\". " + Names.hint(promptName, promptNames()));
                }
                yield prompt;
            }
        };
    }

    /** The names of the prompts. */
    Set<String> promptNames() {
        Set<String> names = new TreeSet<>(specification().otherPrompts().keySet());
        names.add("query");
        names.add("document");
        return names;
    }

    /**
     * The vectors of texts.
     *
     * @param truncates whether texts beyond the model's limit are cut; if not, they are refused
     */
    float[][] embed(Call call, List<String> texts, String prompt, boolean truncates) {
        long start = System.nanoTime();
        int most = specification().maxTokens();
        List<int[]> tokens = new ArrayList<>(texts.size());
        int truncated = 0;
        for (String text : texts) {
            // One token more than there is room for tells a text that is too long from one that just fits.
            int[] ids = tokenizer().encode(prompt + text, most + 1);
            if (ids.length > most) {
                if (!truncates) {
                    throw call.unprocessable("expected texts of at most " + most
                            + " tokens, the limit of the model, but text " + tokens.size()
                            + " has more. Shorten it, or ask for it to be cut.");
                }
                truncated++;
                ids = tokenizer().encode(prompt + text, most);
            }
            tokens.add(ids);
        }
        return work.compute(call, tokens, start, truncated);
    }

    /** The vectors of texts that come as ids of this model's tokenizer, without the special tokens around them. */
    float[][] embedIds(Call call, List<int[]> ids, boolean truncates) {
        long start = System.nanoTime();
        int most = specification().maxTokens() - tokenizer().specialTokens();
        int truncated = 0;
        List<int[]> tokens = new ArrayList<>(ids.size());
        for (int[] text : ids) {
            if (text.length > most) {
                if (!truncates) {
                    throw call.unprocessable("expected at most " + most + " token ids in a text, but text "
                            + tokens.size() + " has " + text.length + ". Shorten it, or ask for it to be cut.");
                }
                truncated++;
            }
            tokens.add(tokenizer().frame(text.length > most ? Arrays.copyOf(text, most) : text));
        }
        return work.compute(call, tokens, start, truncated);
    }
}
