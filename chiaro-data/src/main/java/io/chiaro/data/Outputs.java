package io.chiaro.data;

import io.chiaro.core.ChiaroException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts failures of writing into words. */
final class Outputs {

    private Outputs() {}

    static ChiaroException failed(Path file, Exception failure) {
        String reason = String.valueOf(failure.getMessage());
        boolean full =
                reason.contains("No space left") || reason.contains("quota") || reason.contains("not enough space");
        String found = full ? "the disk is full" + free(file) : "writing failed (" + reason + ")";
        return ChiaroException.of(
                ChiaroException.Kind.RESOURCES,
                file.toAbsolutePath() + ": expected room to write, but " + found + ". "
                        + (full
                                ? "Free some space or choose another folder."
                                : "Check the folder and its permissions."),
                failure);
    }

    private static String free(Path file) {
        try {
            Path folder = file.toAbsolutePath();
            while (folder != null && !Files.exists(folder)) {
                folder = folder.getParent();
            }
            return folder == null ? "" : " (" + Files.getFileStore(folder).getUsableSpace() + " bytes left)";
        } catch (IOException unknown) {
            return "";
        }
    }
}
