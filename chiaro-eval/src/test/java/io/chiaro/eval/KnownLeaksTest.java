package io.chiaro.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownLeaksTest {

    @Test
    void setsThatShareTextsLeakInWhateverFolderTheyLie() {
        assertThat(KnownLeaks.between(Path.of("data/stsb/stsb-en-train.csv"), Path.of("/sets/sts12-16/2013")))
                .hasValueSatisfying(why -> assertThat(why).contains("drawn from"));
        assertThat(KnownLeaks.between(Path.of("mr.tsv.gz"), Path.of("sentence_classification/sst2_test.tsv")))
                .isPresent();
        assertThat(KnownLeaks.between(
                        Path.of("entity_matching/Textual_Abt-Buy/train.txt.gz"), Path.of("er_tables/abt-buy")))
                .isPresent();
    }

    @Test
    void otherPartsOfOneSetAndOtherSetsDoNot() {
        assertThat(KnownLeaks.between(Path.of("stsb/stsb-en-train.csv"), Path.of("stsb")))
                .isEmpty();
        assertThat(KnownLeaks.between(Path.of("mr.tsv.gz"), Path.of("sentence_classification/subj.tsv.gz")))
                .isEmpty();
        assertThat(KnownLeaks.between(Path.of("stsb/train.csv"), Path.of("my-sts12-16-like/test.tsv")))
                .isEmpty();
    }

    @Test
    void aFileLeaksIntoItself(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("pairs.jsonl"), "{}");
        assertThat(KnownLeaks.between(file, folder.resolve("./pairs.jsonl"))).isPresent();
        assertThat(KnownLeaks.between(file, folder)).isEmpty();
    }
}
