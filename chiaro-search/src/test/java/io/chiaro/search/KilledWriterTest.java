package io.chiaro.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiaro.model.Document;
import io.chiaro.model.Prompts;
import io.chiaro.model.TextRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer in a process of its own, killed without warning, again and again. */
class KilledWriterTest {

    private static final Clouds MODEL = new Clouds("abc", 16, Prompts.NONE);
    private static final int BATCH = 20;
    private static final int KILLS = 4;

    @TempDir
    Path folder;

    /** Writes one batch after another and says after each commit that it did. */
    static final class Child {
        public static void main(String[] arguments) {
            try (TextIndexWriter writer = TextIndexWriter.open(Path.of(arguments[0]), MODEL.description())) {
                for (int batch = Integer.parseInt(arguments[1]); ; batch++) {
                    writer.add(added(batch), MODEL);
                    writer.delete(deleted(batch));
                    writer.commit();
                    System.out.println("acknowledged " + batch);
                }
            }
        }
    }

    /** New documents, and one that each batch replaces. */
    private static Stream<Document> added(int batch) {
        return Stream.concat(
                IntStream.range(0, BATCH)
                        .mapToObj(i -> new Document("d" + batch + "-" + i, "", "cloud" + i % 7 + " batch " + batch)),
                Stream.of(new Document("latest", "", "batch " + batch)));
    }

    /** Half of the batch before the last. */
    private static List<String> deleted(int batch) {
        return IntStream.range(0, BATCH / 2)
                .mapToObj(i -> "d" + (batch - 2) + "-" + i)
                .toList();
    }

    private static Map<String, String> after(int batch) {
        Map<String, String> documents = new TreeMap<>();
        for (int i = 0; i <= batch; i++) {
            added(i).forEach(document -> documents.put(document.id(), document.content()));
            deleted(i).forEach(documents::remove);
        }
        return documents;
    }

    @Test
    void no_acknowledged_document_is_lost_and_no_batch_is_there_in_part() throws Exception {
        Path place = folder.resolve("index");
        SplittableRandom random = new SplittableRandom(2026);
        int acknowledged = -1;
        int killed = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Path said = folder.resolve("said" + kill);
            Process child = child(place, acknowledged + 1, said);
            int target = acknowledged + 1 + random.nextInt(12);
            while (last(said, acknowledged) < target) {
                assertThat(child.isAlive()).as("the writer").isTrue();
                Thread.sleep(1);
            }
            Thread.sleep(random.nextInt(20));
            killed += child.isAlive() ? 1 : 0;
            child.destroyForcibly().waitFor();
            acknowledged = last(said, acknowledged);
            try (TextIndex index = TextIndex.open(place)) {
                Map<String, String> found = new TreeMap<>();
                index.search(MODEL.embed(List.of("all"), TextRole.QUERY)[0], 100_000)
                        .forEach(hit -> found.put(hit.id(), hit.text()));
                // A commit may have ended whose word did not get out.
                assertThat(found).isIn(after(acknowledged), after(acknowledged + 1));
                assertThat(index.description().documents()).isEqualTo(found.size());
                if (found.equals(after(acknowledged + 1))) {
                    acknowledged++;
                }
            }
        }
        assertThat(killed).isEqualTo(KILLS);
    }

    /** The last batch that a writer acknowledged, or the one before it began. */
    private static int last(Path said, int before) throws IOException {
        String text = Files.readString(said);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        return whole.lines()
                .mapToInt(line -> Integer.parseInt(line.substring("acknowledged ".length())))
                .reduce(before, (earlier, later) -> later);
    }

    private static Process child(Path place, int from, Path said) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        place.toString(),
                        String.valueOf(from))
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
