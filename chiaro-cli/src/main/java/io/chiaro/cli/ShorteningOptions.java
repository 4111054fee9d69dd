package io.chiaro.cli;

import io.chiaro.core.ChiaroException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How vectors of texts are made short, for the commands that use them. */
final class ShorteningOptions {

    @Option(
            names = "--first",
            paramLabel = "M",
            description =
                    "Keep the first M numbers of each vector, brought to length one, which Matryoshka training makes"
                            + " useful.")
    @Nullable
    Integer first;

    @Option(
            names = "--active",
            paramLabel = "K",
            description =
                    "Take the sparse code of each vector, of which K numbers are not zero; for a model of the recipe"
                            + " csr.")
    @Nullable
    Integer active;

    boolean isAsked() {
        return first != null || active != null;
    }

    /** Refuses them where there are no vectors of texts. */
    void refuse() {
        if (isAsked()) {
            throw ChiaroException.usage("--first and --active: belong to models of texts. Leave them out.");
        }
    }
}
