package io.chiaro.text;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Names;
import io.chiaro.core.RunFile;
import io.chiaro.data.BadRows;
import io.chiaro.model.ModelSpecification;
import io.chiaro.objective.Needs;
import io.chiaro.objective.Towers;
import java.util.List;
import java.util.Optional;

/**
 * The domains that the records of a run name, each with a feed-forward part of its own in every layer of the encoder, which all its texts
 * take: a mixture of experts with enforced routing (Hallee et al., "Contrastive learning and mixture of experts enables precise vector
 * embeddings", 2024). The experts begin as copies of what the base has.
 *
 * @param domains sorted; none for a run without experts
 */
record Experts(List<String> domains) {

    Experts {
        domains = List.copyOf(domains);
    }

    /** Those that the records name by the role domain. */
    static Experts of(RunFile run, BadRows badRows) {
        return new Experts(TrainingData.domains(run, badRows));
    }

    /** What would pass the encoder without a domain, or hold its experts still. */
    void refuseBeside(RunFile run, String recipe, Optional<Needs> needs, EncoderTuning tuning, AuxiliarySettings term) {
        if (domains.isEmpty()) {
            return;
        }
        if (!run.eval().isEmpty()) {
            throw ChiaroException.usage(
                    "eval: the texts of a task name no domain, and a model with experts needs one. Judge"
                            + " each domain afterwards: chiaro export --model DIR --domain DOMAIN, then chiaro eval.");
        }
        String beside = needs.isEmpty()
                ? "recipe " + recipe
                : needs.get().towers() != Towers.ONLINE
                        ? "recipe " + recipe + ", which has towers beside the encoder"
                        : tuning.told().freezes()
                                ? "an encoder that stands still"
                                : term.isPresent() ? "set auxiliary" : "";
        if (!beside.isEmpty()) {
            throw ChiaroException.usage("roles: experts of domains cannot be learned beside " + beside
                    + ". Leave it out, or leave the role domain out.");
        }
    }

    /** Holds the records' domains to those of the model. */
    void requireIn(ModelSpecification model) {
        List<String> own = model.config().domains();
        if (domains.isEmpty() && !own.isEmpty()) {
            throw ChiaroException.usage("base " + model.name() + ": has experts for the domains " + own
                    + ", so expected the domain of every record. Name its column with --roles domain=COLUMN.");
        }
        for (String domain : domains) {
            if (!own.contains(domain)) {
                throw ChiaroException.data("data: the domain \"" + domain + "\" has no expert in the base. "
                        + Names.hint(domain, own) + " Start from a model without experts to have others.");
            }
        }
    }

    /** A model beside the one that is trained is asked for texts without their domains. */
    static void refuseIn(TextModel model, String name) {
        if (!model.specification().config().domains().isEmpty()) {
            throw ChiaroException.usage(name + ": expected a model without experts, but it has some for "
                    + model.specification().config().domains() + ". Export one of them: chiaro export --model " + name
                    + " --domain DOMAIN --out DIR");
        }
    }
}
