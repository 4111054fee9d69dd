package io.chiaro.serve;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What clients call the models; where nothing is said, the models' own names, without folders.
 *
 * @param model that embeds
 * @param reranker beside it
 * @param sparse encoder beside it
 */
public record ServedNames(Optional<String> model, Optional<String> reranker, Optional<String> sparse) {

    /** The models' own. */
    public static final ServedNames OWN = new ServedNames(Optional.empty(), Optional.empty(), Optional.empty());

    /** The name of a folder, or of the one above where it is called {@code model}: there the folder of the run tells models apart. */
    public static String ofFolder(Path folder) {
        Path whole = folder.toAbsolutePath().normalize();
        Path above = whole.getParent();
        Path named = whole.endsWith("model") && above != null && above.getFileName() != null ? above : whole;
        return String.valueOf(named.getFileName());
    }
}
