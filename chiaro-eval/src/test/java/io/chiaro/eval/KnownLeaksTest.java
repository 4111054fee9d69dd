package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.core.LearnedFrom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownLeaksTest {

    @Test
    void setsThatShareTextsLeakInWhateverFolderTheyLie() {
        assertThat(KnownLeaks.between(Path.of("data/stsb/stsb-en-train.csv"), Path.of("/sets/sts12-16/2013"), "test"))
                .hasValueSatisfying(why -> assertThat(why).contains("drawn from"));
        assertThat(KnownLeaks.between(Path.of("mr.tsv.gz"), Path.of("sentence_classification/sst2_test.tsv"), "test"))
                .isPresent();
        assertThat(KnownLeaks.between(
                        Path.of("entity_matching/Textual_Abt-Buy/train.txt.gz"), Path.of("er_tables/abt-buy"), "test"))
                .isPresent();
    }

    @Test
    void otherPartsOfOneSetAndOtherSetsDoNot() {
        assertThat(KnownLeaks.between(Path.of("stsb/stsb-en-train.csv"), Path.of("stsb"), "test"))
                .isEmpty();
        assertThat(KnownLeaks.between(Path.of("mr.tsv.gz"), Path.of("sentence_classification/subj.tsv.gz"), "test"))
                .isEmpty();
        assertThat(KnownLeaks.between(Path.of("stsb/train.csv"), Path.of("my-sts12-16-like/test.tsv"), "test"))
                .isEmpty();
    }

    @Test
    void aCopyUnderAnotherNameLeaks(@TempDir Path folder) throws IOException {
        Path learned = Files.writeString(folder.resolve("mine.jsonl"), "{\"text\": \"larks\"}\n");
        Map<String, String> contents = Map.of("gone/mine.jsonl", LearnedFrom.content(learned));
        Path set = Files.createDirectories(folder.resolve("set"));
        Path test = Files.copy(learned, set.resolve("set-test.jsonl"));
        Files.writeString(set.resolve("set-dev.jsonl"), "{\"text\": \"owls\"}\n");
        assertThat(KnownLeaks.sameContent(contents, test, "test")).contains("gone/mine.jsonl");
        assertThat(KnownLeaks.sameContent(contents, set, "test")).contains("gone/mine.jsonl");
        assertThat(KnownLeaks.sameContent(contents, set, "dev")).isEmpty();
        assertThat(KnownLeaks.sameContent(Map.of(), test, "test")).isEmpty();
        assertThat(KnownLeaks.sameContent(contents, folder.resolve("none"), "test"))
                .isEmpty();
    }

    @Test
    void aFileLeaksIntoItself(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("pairs.jsonl"), "{}");
        assertThat(KnownLeaks.between(file, folder.resolve("./pairs.jsonl"), "test"))
                .isPresent();
        assertThat(KnownLeaks.between(file, folder, "test"))
                .as("a folder whose one file it is")
                .isPresent();
        Path test = Files.writeString(folder.resolve("pairs-test.jsonl"), "{}");
        Path train = Files.writeString(folder.resolve("pairs-train.jsonl"), "{}");
        assertThat(KnownLeaks.between(test, folder, "test")).isPresent();
        assertThat(KnownLeaks.between(train, folder, "test")).isEmpty();
        assertThat(KnownLeaks.between(file, folder, "test")).isEmpty();
    }
}
