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
        assertThat(KnownLeaks.between(Path.of("snli_test.csv.gz"), Path.of("stsb"), "test"))
                .as("they share fewer than one in fifty")
                .isEmpty();
        assertThat(KnownLeaks.between(Path.of("mr.tsv.gz"), Path.of("sentence_classification/cr.tsv.gz"), "test"))
                .isEmpty();
        assertThat(KnownLeaks.between(Path.of("stsb/train.csv"), Path.of("my-sts12-16-like/test.tsv"), "test"))
                .isEmpty();
    }

    @Test
    void whatLeaksLeaksInBothDirections() {
        for (String set : new String[] {"stsb", "sts12-16"}) {
            for (Path paraphrases : new Path[] {Path.of("msrp/msr-para-train.tsv"), Path.of("msr-para-val.tsv")}) {
                assertThat(KnownLeaks.between(paraphrases, Path.of("data", set), "test"))
                        .isPresent();
                assertThat(KnownLeaks.between(Path.of(set, "train.csv"), paraphrases, "test"))
                        .isPresent();
            }
            assertThat(KnownLeaks.between(Path.of(set, "train.csv"), Path.of("flickr8k_captions"), "test"))
                    .isPresent();
        }
        assertThat(KnownLeaks.between(Path.of("subj.tsv.gz"), Path.of("mr.tsv.gz"), "test"))
                .isPresent();
        assertThat(KnownLeaks.between(Path.of("SICK/SICK_train.txt"), Path.of("stsb"), "test"))
                .isPresent();
    }

    @Test
    void aCollectionLeaksByItsQueriesAndJudgmentsAndNotByItsDocuments(@TempDir Path folder) throws IOException {
        Path set = folder.resolve("set");
        Files.createDirectories(set.resolve("qrels"));
        Path corpus = Files.writeString(set.resolve("corpus.jsonl"), "{\"_id\": \"1\", \"text\": \"larks\"}\n");
        Path queries = Files.writeString(set.resolve("queries.jsonl"), "{\"_id\": \"q\", \"text\": \"larks?\"}\n");
        Path train = Files.writeString(set.resolve("qrels/train.tsv"), "query-id\tcorpus-id\tscore\nq\t2\t1\n");
        Path test = Files.writeString(set.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq\t1\t1\n");
        assertThat(KnownLeaks.between(queries, set, "test")).isPresent();
        assertThat(KnownLeaks.between(test, set, "test")).isPresent();
        assertThat(KnownLeaks.between(train, set, "test")).isEmpty();
        assertThat(KnownLeaks.between(corpus, set, "test")).isEmpty();
        Path copy = Files.copy(queries, folder.resolve("mine.jsonl"));
        assertThat(KnownLeaks.sameContent(Map.of("mine.jsonl", LearnedFrom.content(copy)), set, "test"))
                .contains("mine.jsonl");
        assertThat(KnownLeaks.sameContent(Map.of("corpus.jsonl", LearnedFrom.content(corpus)), set, "test"))
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
