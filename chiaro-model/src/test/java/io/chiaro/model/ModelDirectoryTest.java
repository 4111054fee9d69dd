package io.chiaro.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import io.chiaro.core.Safetensors;
import io.chiaro.core.StoredTensor;
import io.chiaro.core.StoredType;
import io.chiaro.testkit.Property;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelDirectoryTest {

    private static final Tokenizer tokenizer = TokenizerTest.miniLm();

    private static final ModelSpecification SMALL =
            ModelSpecification.of("small", BertConfig.of(30522, 32, 2, 4)).withMaxTokens(256);

    private static final String CONFIG = """
            {"model_type": "bert", "vocab_size": 30522, "hidden_size": 32, "num_hidden_layers": 2,
             "num_attention_heads": 4, "intermediate_size": 128, "max_position_embeddings": 512}
            """;

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void a_limit_that_leaves_no_room_beside_the_tokens_around_a_text_is_refused() {
        try (Tokenizer longer = tokenizer.withLeadingTokens(4)) {
            ModelSpecification wide = SMALL.withConfig(SMALL.config().withVocabularySize(30526));
            ModelDirectory.write(folder, wide.withMaxTokens(7), longer, ModelCard.of("test"));
            ModelDirectory.open(folder).openTokenizer().close();
            ModelDirectory.write(folder, wide.withMaxTokens(6), longer, ModelCard.of("test"));
            assertThatThrownBy(() -> ModelDirectory.open(folder).openTokenizer())
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("a limit above the 6 tokens that stand around every text")
                    .hasMessageContaining("max_seq_length 6");
        }
    }

    @Test
    void what_is_written_reads_back_as_the_same_model() {
        Property.check(12, random -> {
            TreeSet<Pooling> poolings = new TreeSet<>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                poolings.add(Pooling.values()[random.nextInt(6)]);
            }
            int heads = 1 + random.nextInt(4);
            BertConfig config = new BertConfig(
                    30522 + random.nextInt(100),
                    heads * (1 + random.nextInt(16)),
                    1 + random.nextInt(4),
                    heads,
                    1 + random.nextInt(99),
                    3 + random.nextInt(600),
                    1 + random.nextInt(2),
                    random.nextDouble() * 1e-6,
                    random.nextDouble(),
                    random.nextDouble(),
                    random.nextDouble(),
                    random.nextInt(9));
            String[] texts = {"", "query: ", "passage: ", "Represent this: \"é\" "};
            Path directory = folder.resolve("m" + random.nextInt());
            ModelSpecification model = new ModelSpecification(
                    String.valueOf(directory.getFileName()),
                    config,
                    new ArrayList<>(poolings),
                    random.nextBoolean(),
                    new Prompts(texts[random.nextInt(4)], texts[random.nextInt(4)], texts[random.nextInt(4)]),
                    random.nextBoolean() ? Map.of() : Map.of("classification", "classify: "),
                    3 + random.nextInt(config.maxPositions() - 2),
                    Similarity.values()[random.nextInt(4)]);

            ModelDirectory.write(directory, model, tokenizer, ModelCard.of("Chiaro"));

            assertThat(ModelDirectory.open(directory).specification()).isEqualTo(model);
        });
    }

    @Test
    void the_files_have_the_old_names_and_keys() throws IOException {
        ModelDirectory.write(folder, SMALL, tokenizer, ModelCard.of("Chiaro"));

        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(file -> folder.relativize(file).toString()).filter(name -> !name.isEmpty()))
                    .containsExactlyInAnyOrder(
                            "config.json",
                            "tokenizer.json",
                            "tokenizer_config.json",
                            "special_tokens_map.json",
                            "vocab.txt",
                            "modules.json",
                            "1_Pooling",
                            "1_Pooling/config.json",
                            "2_Normalize",
                            "sentence_bert_config.json",
                            "config_sentence_transformers.json",
                            "README.md");
        }
        JsonObject pooling = Json.object(folder.resolve("1_Pooling/config.json"));
        assertThat(pooling.bool("pooling_mode_cls_token")).isFalse();
        assertThat(pooling.bool("pooling_mode_mean_tokens")).isTrue();
        assertThat(pooling.integer("word_embedding_dimension")).isEqualTo(32);
        assertThat(Json.object(folder.resolve("sentence_bert_config.json")).integer("max_seq_length"))
                .isEqualTo(256);
        assertThat(Json.object(folder.resolve("tokenizer_config.json")).integer("model_max_length"))
                .isEqualTo(256);
        assertThat(Files.readString(folder.resolve("modules.json")))
                .contains("\"type\": \"sentence_transformers.models.Transformer\"");
        assertThat(Files.readAllBytes(folder.resolve("tokenizer.json"))).isEqualTo(tokenizer.json());
        List<String> vocabulary = Files.readAllLines(folder.resolve("vocab.txt"));
        assertThat(vocabulary).hasSize(30522);
        assertThat(vocabulary.get(2773)).isEqualTo("word");
        assertThat(new ArrayList<>(Json.object(folder.resolve("config_sentence_transformers.json"))
                        .keys()))
                .isSorted();
        try (Tokenizer again = ModelDirectory.open(folder).openTokenizer()) {
            assertThat(again.hash()).isEqualTo(tokenizer.hash());
        }
    }

    @Test
    void weights_are_found_and_hashed_and_held_to_the_configuration() {
        ModelDirectory.write(folder, SMALL, tokenizer, ModelCard.of("Chiaro"));
        ModelDirectory model = ModelDirectory.open(folder);
        assertThat(model.weights()).isEmpty();
        assertThatThrownBy(model::openWeights).hasMessageContaining("expected model.safetensors, but found no weights");

        zeros(BertWeightNames.shapes(SMALL.config()), "", "weight", "bias");

        assertThat(model.weights()).hasValue(folder.toAbsolutePath().resolve("model.safetensors"));
        assertThat(model.description().hash()).hasSize(64);
        assertThat(model.description().dimension()).isEqualTo(32);
        try (Safetensors weights = model.openWeights()) {
            BertWeightNames names = BertWeightNames.checked(SMALL.config(), weights);
            assertThat(names.inFile()).hasSize(5 + 2 * 16);
            assertThat(names.inFile())
                    .allSatisfy((canonical, name) -> assertThat(name).isEqualTo(canonical));
        }
    }

    @Test
    void old_names_of_weights_mean_the_same_parameters() {
        ModelDirectory.write(folder, SMALL, tokenizer, ModelCard.of("Chiaro"));
        zeros(BertWeightNames.shapes(SMALL.config()), "bert.", "gamma", "beta");

        try (Safetensors weights = ModelDirectory.open(folder).openWeights()) {
            BertWeightNames names = BertWeightNames.checked(SMALL.config(), weights);
            assertThat(names.inFile())
                    .containsEntry("embeddings.LayerNorm.weight", "bert.embeddings.LayerNorm.gamma")
                    .containsEntry(
                            "encoder.layer.1.output.LayerNorm.bias", "bert.encoder.layer.1.output.LayerNorm.beta")
                    .containsEntry("encoder.layer.0.output.dense.bias", "bert.encoder.layer.0.output.dense.bias");
        }
    }

    @Test
    void names_that_are_missing_unused_unexpected_or_double_are_told_apart() {
        List<String> names =
                new ArrayList<>(BertWeightNames.shapes(SMALL.config()).keySet());
        names.remove("encoder.layer.1.output.dense.bias");
        names.addAll(
                List.of("embeddings.position_ids", "bert.pooler.dense.weight", "cls.predictions.bias", "adapter.x"));

        BertWeightNames mapped = BertWeightNames.of(SMALL.config(), names);

        assertThat(mapped.missing()).containsExactly("encoder.layer.1.output.dense.bias");
        assertThat(mapped.unused())
                .containsExactly("bert.pooler.dense.weight", "cls.predictions.bias", "embeddings.position_ids");
        assertThat(mapped.unexpected()).containsExactly("adapter.x");
        names.add("bert.embeddings.LayerNorm.gamma");
        assertThatThrownBy(() -> BertWeightNames.of(SMALL.config(), names))
                .hasMessageContaining("expected one tensor for \"embeddings.LayerNorm.weight\"");
    }

    @Test
    void weights_of_another_model_are_refused_in_one_sentence() {
        ModelDirectory.write(folder, SMALL, tokenizer, ModelCard.of("Chiaro"));
        zeros(BertWeightNames.shapes(BertConfig.of(30522, 32, 3, 4)), "", "weight", "bias");
        try (Safetensors weights = ModelDirectory.open(folder).openWeights()) {
            assertThatThrownBy(() -> BertWeightNames.checked(SMALL.config(), weights))
                    .isInstanceOf(ChiaroException.class)
                    .hasMessageContaining("found 16 others: encoder.layer.2.");
        }
        zeros(BertWeightNames.shapes(BertConfig.of(100, 32, 2, 4)), "", "weight", "bias");
        try (Safetensors weights = ModelDirectory.open(folder).openWeights()) {
            assertThatThrownBy(() -> BertWeightNames.checked(SMALL.config(), weights))
                    .hasMessageContaining("expected the shape [30522, 32] by config.json, but found [100, 32]");
        }
    }

    @Test
    void a_plain_encoder_directory_takes_mean_pooling_and_its_tokenizers_limit() throws IOException {
        file("config.json", CONFIG);
        assertThat(ModelDirectory.open(folder).specification().maxTokens()).isEqualTo(512);

        file("tokenizer_config.json", "{\"model_max_length\": 1000000000000000019884624838656}");
        assertThat(ModelDirectory.open(folder).specification().maxTokens()).isEqualTo(512);

        file("tokenizer_config.json", "{\"model_max_length\": 128}");
        ModelSpecification model = ModelDirectory.open(folder).specification();
        assertThat(model.maxTokens()).isEqualTo(128);
        assertThat(model.poolings()).containsExactly(Pooling.MEAN);
        assertThat(model.normalized()).isFalse();
        assertThat(model.config().hiddenDropout()).isEqualTo(0.1);

        file("sentence_bert_config.json", "{\"max_seq_length\": 64, \"do_lower_case\": false}");
        assertThat(ModelDirectory.open(folder).specification().maxTokens()).isEqualTo(64);
    }

    @Test
    void new_key_names_and_new_types_are_read() throws IOException {
        file("config.json", CONFIG);
        file("modules.json", """
                [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
                 {"idx": 1, "name": "1", "path": "1_Pooling",
                  "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"},
                 {"idx": 2, "name": "2", "path": "2_Normalize", "kwargs": [],
                  "type": "sentence_transformers.base.modules.normalize.Normalize"}]
                """);
        file("1_Pooling/config.json", """
                {"embedding_dimension": 32, "pooling_mode": ["mean", "cls"], "pooling_mode_max_tokens": true,
                 "include_prompt": true}
                """);
        file("sentence_bert_config.json", """
                {"transformer_task": "feature-extraction", "module_output_name": "token_embeddings",
                 "modality_config": {"text": {"method": "forward"}}}
                """);
        file("tokenizer_config.json", "{\"model_max_length\": 256}");
        file("config_sentence_transformers.json", """
                {"model_type": "SentenceTransformer", "default_prompt_name": "passage", "similarity_fn_name": "dot",
                 "prompts": {"query": "query: ", "passage": "passage: ", "document": "", "sts": "alike: "}}
                """);

        ModelSpecification model = ModelDirectory.open(folder).specification();

        assertThat(model.poolings()).containsExactly(Pooling.CLS, Pooling.MEAN);
        assertThat(model.dimension()).isEqualTo(64);
        assertThat(model.normalized()).isTrue();
        assertThat(model.maxTokens()).isEqualTo(256);
        assertThat(model.prompts()).isEqualTo(new Prompts("passage: ", "query: ", "passage: "));
        assertThat(model.otherPrompts()).isEqualTo(Map.of("sts", "alike: "));
        assertThat(model.similarity()).isEqualTo(Similarity.DOT);
    }

    @Test
    void an_encoder_in_a_folder_of_its_own_is_found() throws IOException {
        file("0_Transformer/config.json", CONFIG);
        file("0_Transformer/tokenizer.json", new String(tokenizer.json(), java.nio.charset.StandardCharsets.UTF_8));
        file("modules.json", modules("Transformer", "Pooling").replace("\"path\":\"0\"", "\"path\":\"0_Transformer\""));
        file("1/config.json", "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}");

        ModelDirectory model = ModelDirectory.open(folder);

        assertThat(model.specification().poolings()).containsExactly(Pooling.CLS);
        assertThat(model.tokenizerFile()).isEqualTo(folder.toAbsolutePath().resolve("0_Transformer/tokenizer.json"));
    }

    static Stream<Arguments> unsupported() {
        String bert = "\"bert\"";
        return Stream.of(
                of("config.json", CONFIG.replace(bert, "\"roberta\""), "found \"roberta\". Its positions begin after"),
                of("config.json", CONFIG.replace(bert, "\"llama\""), "model_type \"bert\", but found \"llama\""),
                of(
                        "config.json",
                        CONFIG.replace(bert, bert + ", \"hidden_act\": \"relu\""),
                        "\"hidden_act\" to be gelu"),
                of("config.json", CONFIG.replace(bert, bert + ", \"is_decoder\": true"), "\"is_decoder\" to be false"),
                of("config.json", CONFIG.replace(bert, bert + ", \"auto_map\": {}"), "never run"),
                of(
                        "config.json",
                        CONFIG.replace(bert, bert + ", \"position_embedding_type\": \"relative_key\""),
                        "relative_key, which is not supported"),
                of(
                        "config.json",
                        CONFIG.replace("\"hidden_size\": 32", "\"hidden_size\": 30"),
                        "not a multiple of 4 heads"),
                of(
                        "config.json",
                        CONFIG.replace("\"vocab_size\": 30522,", ""),
                        "at \"vocab_size\", but the key is missing"),
                of("modules.json", modules("Transformer", "Pooling", "Dense"), "the module \"Dense\" is not supported"),
                of("modules.json", modules("Transformer"), "expected the modules Transformer, Pooling"),
                of(
                        "modules.json",
                        modules("Pooling", "Transformer"),
                        "in this order, but found [Pooling, Transformer]"),
                of(
                        "modules.json",
                        modules("Transformer", "Pooling").replace("sentence_transformers", "their_code"),
                        "code that comes with the model"),
                of(
                        "modules.json",
                        modules("Transformer", "Pooling").replace("\"path\":\"0\"", "\"path\":\"../..\""),
                        "a path inside the model's directory"),
                of("1_Pooling/config.json", "{\"pooling_mode\": \"means\"}", "Did you mean \"mean\"?"),
                of("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": false}", "at least one pooling"),
                of(
                        "1_Pooling/config.json",
                        "{\"pooling_mode_median_tokens\": true}",
                        "\"pooling_mode_median_tokens\" is not"),
                of(
                        "1_Pooling/config.json",
                        "{\"include_prompt\": false}",
                        "\"include_prompt\": false is not supported"),
                of("1_Pooling/config.json", "{\"word_embedding_dimension\": 7}", "hidden_size 32, but found 7"),
                of("sentence_bert_config.json", "{\"max_seq_length\": 513}", "positions of config.json, but found 513"),
                of("sentence_bert_config.json", "{\"transformer_task\": \"fill-mask\"}", "found fill-mask"),
                of("sentence_bert_config.json", "{\"model_args\": {\"a\": 1}}", "\"model_args\" is not supported"),
                of("config_sentence_transformers.json", "{\"truncate_dim\": 16}", "\"truncate_dim\" is not supported"),
                of(
                        "config_sentence_transformers.json",
                        "{\"similarity_fn_name\": \"cosin\"}",
                        "Did you mean \"cosine\"?"),
                of(
                        "config_sentence_transformers.json",
                        "{\"model_type\": \"SparseEncoder\"}",
                        "found \"SparseEncoder\""),
                of("config_sentence_transformers.json", "{\"default_prompt_name\": \"q\"}", "one of the prompts []"),
                of(
                        "config_sentence_transformers.json",
                        "{\"prompts\": {\"passage\": \"a\", \"corpus\": \"b\"}}",
                        "expected one prompt for documents"),
                of("tokenizer_config.json", "{\"model_max_length\": -1}", "whole number of at least 3"));
    }

    private static Arguments of(String file, String content, String sentence) {
        return Arguments.of(file, content, sentence);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("unsupported")
    void what_is_not_supported_is_one_sentence_that_names_the_file(String file, String content, String sentence)
            throws IOException {
        file("config.json", CONFIG);
        file(
                "modules.json",
                modules("Transformer", "Pooling")
                        .replace("\"path\":\"0\"", "\"path\":\"\"")
                        .replace("\"path\":\"1\"", "\"path\":\"1_Pooling\""));
        file("1_Pooling/config.json", "{}");
        file(file, content);

        assertThatThrownBy(() -> ModelDirectory.open(folder))
                .isInstanceOf(ChiaroException.class)
                .hasMessageContaining(folder.resolve(file).toString())
                .hasMessageContaining(sentence)
                .extracting(e -> ((ChiaroException) e).kind())
                .isEqualTo(ChiaroException.Kind.MODEL);
    }

    @Test
    void what_is_not_there_is_one_sentence() throws IOException {
        assertThatThrownBy(() -> ModelDirectory.open(folder.resolve("none")))
                .hasMessageContaining("none: expected the directory of a model, but found nothing");
        assertThatThrownBy(() -> ModelDirectory.open(folder)).hasMessageContaining("config.json");
        file("1_Pooling/config.json", "{}");
        assertThatThrownBy(() -> ModelDirectory.open(folder)).hasMessageContaining("modules.json: expected the list");
        file("pytorch_model.bin", "x");
        Files.delete(folder.resolve("1_Pooling/config.json"));
        Files.delete(folder.resolve("1_Pooling"));
        file("config.json", CONFIG);
        assertThatThrownBy(() -> ModelDirectory.open(folder).openWeights())
                .hasMessageContaining("pytorch_model.bin only, which may hold code");
    }

    @Test
    void a_tokenizer_larger_than_the_token_table_is_refused() throws IOException {
        ModelDirectory.write(folder, SMALL, tokenizer, ModelCard.of("Chiaro"));
        file("config.json", CONFIG.replace("30522", "30000"));

        assertThatThrownBy(() -> ModelDirectory.open(folder).openTokenizer())
                .hasMessageContaining("expected ids below the vocab_size 30000");
    }

    @Test
    void the_card_tells_the_facts_and_survives_odd_characters() {
        ModelCard card = new ModelCard(
                Optional.of("all-MiniLM-L6-v2"),
                List.of("WordNet 3.1 definitions,\n12 pairs"),
                Optional.of("in-batch softmax, temperature 0.05"),
                List.of(new ModelCard.Result("reverse | dictionary", "ndcg@10", 0.25, 0.5, "seed 42")),
                Optional.of("en"),
                Optional.of("apache-2.0"),
                "Chiaro 0.1.0");

        String text = card.markdown(SMALL.withPrompts(new Prompts("", "query: ", "")));

        assertThat(text)
                .startsWith("---\nlibrary_name: sentence-transformers\n")
                .contains("\nbase_model: \"all-MiniLM-L6-v2\"\n")
                .contains("| reverse \\| dictionary | ndcg@10 | 0.2500 | 0.5000 | seed 42 |")
                .contains("- WordNet 3.1 definitions, 12 pairs\n")
                .contains("| prompt, query | `query: ` |");
    }

    @Test
    void a_specification_refuses_what_files_cannot_say() {
        assertThatThrownBy(() -> SMALL.withPoolings(List.of(Pooling.MEAN, Pooling.CLS), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in the order of [CLS, MAX, MEAN");
        assertThatThrownBy(() -> SMALL.withPoolings(List.of(), true)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SMALL.withMaxTokens(513)).hasMessageContaining("the 512 positions");
    }

    private static String modules(String... types) {
        List<String> modules = new ArrayList<>();
        for (String type : types) {
            modules.add("{\"path\":\"" + modules.size() + "\",\"type\":\"sentence_transformers.models." + type + "\"}");
        }
        return modules.toString();
    }

    private void file(String name, String content) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.resolve("..").normalize());
        Files.writeString(path, content);
    }

    private void zeros(Map<String, List<Long>> shapes, String prefix, String gamma, String beta) {
        List<StoredTensor> tensors = new ArrayList<>();
        shapes.forEach((name, shape) -> tensors.add(new StoredTensor(
                prefix
                        + name.replace("LayerNorm.weight", "LayerNorm." + gamma)
                                .replace("LayerNorm.bias", "LayerNorm." + beta),
                StoredType.F32,
                shape)));
        Safetensors.write(
                folder.resolve("model.safetensors"),
                tensors,
                Map.of(),
                (tensor, sink) -> sink.floats(new float[(int) tensor.elements()]));
    }
}
