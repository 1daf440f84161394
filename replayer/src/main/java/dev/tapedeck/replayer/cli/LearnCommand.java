// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.Sender;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.learn.AnswerStore;
import dev.tapedeck.replayer.learn.Learned;
import dev.tapedeck.replayer.learn.NoiseFinder;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.report.FlowText;
import dev.tapedeck.replayer.report.PrivateFiles;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.SlowEndpoint;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import dev.tapedeck.replayer.target.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds out what changes from answer to answer. */
@Command(
    name = "learn",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    description = {
      "Sends recorded requests twice to a target that is known to be good, finds out which values"
          + " change from answer to answer and of which types they are, and writes rules for review."
    },
    footer = {
      "",
      "Example:",
      "  replayer learn orders.tape --target http://127.0.0.1:8080 -o rules.yaml",
      "  replayer run   orders.tape --target http://127.0.0.1:8080 --rules rules.yaml"
    })
final class LearnCommand implements Callable<Integer> {
  private final ReplayerCommand root;
  private final StopSignal stop;

  @Mixin private SelectOptions select = new SelectOptions();
  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private SendOptions send = new SendOptions();

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description =
          "Rules that are there already: what they name is not learnt again. May be repeated.")
  private List<Path> rulesFiles = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The rules file to write; standard output by default.")
  private @Nullable Path output;

  LearnCommand(ReplayerCommand root, StopSignal stop) {
    this.root = root;
    this.stop = stop;
  }

  @Override
  public Integer call() throws Exception {
    var selection = select.selection();
    var planned = select.plan();
    Target goal = target.target();
    ReplayRules rules = RulesReader.readAll(rulesFiles);
    ReplayOptions options =
        send.options(goal, new ComparatorOptions(rules, false, Integer.MAX_VALUE));
    new OutputPaths(select.files()).file("--output", output);
    try (CaptureInput input = CaptureInput.load(select, root);
        AnswerStore first = new AnswerStore();
        AnswerStore second = new AnswerStore()) {
      ReplayPlan plan = ReplayPlan.of(Selection.of(input.captures(), selection), planned);
      InetAddress address = target.check(goal, input.captures());
      PlannedFlows flows = select.flows(plan);
      Sender sender =
          new Sender(flows, rules.rewrite(), replayer -> ProgressLine.run(root, stop, replayer));
      Sender.Receiver receiver =
          new Sender.Receiver(options, new InetSocketAddress(address, goal.port()));
      Sender.Kept one = sender.keep(receiver, first);
      Sender.Kept other = sender.keep(receiver, second);
      NoiseFinder finder = new NoiseFinder(flows.plan(), options.comparison(), send.keepHost());
      finder.repeats();
      finder.trials(one.trial(), other.trial());
      Learned learned = finder.learned();
      write(learned.yaml(head(flows), latency(one.report(), other.report())));
      tell(learned, one.report(), other.report());
      return exitCode(learned, one.report(), other.report(), input.damaged());
    }
  }

  private List<String> head(PlannedFlows flows) {
    List<String> lines = new ArrayList<>();
    lines.add("Found by replayer learn: what changes from answer to answer. Review it: a rule");
    lines.add("excuses any value that is of its type. It holds no value of any answer.");
    List<String> text = FlowText.lines(flows, select.lost(flows));
    if (!text.isEmpty()) {
      lines.add("");
      lines.add("Values that replays carry over from live answers by themselves:");
      text.stream().filter(line -> !line.isEmpty()).forEach(line -> lines.add("  " + line));
    }
    return lines;
  }

  /** An endpoint that is slower than recorded on a good target is so from now on. */
  private static Map<String, String> latency(ReplayReport one, ReplayReport other) {
    Map<String, String> rules = new TreeMap<>();
    for (ReplayReport report : List.of(one, other)) {
      for (SlowEndpoint slow : report.findings().slow()) {
        double times = 2 * slow.actualP50Micros() / Math.max(1, slow.baselineP50Micros());
        rules.put(
            slow.endpoint(),
            "    factor: " + (long) Math.ceil(times) + "\n    reason: slower than recorded here\n");
      }
    }
    return rules;
  }

  private void write(String yaml) throws IOException {
    if (output == null) {
      root.terminal().out().print(yaml);
      root.terminal().out().flush();
    } else {
      if (Files.isRegularFile(output)) {
        // It may be a file that somebody reviewed and added to.
        Path old = output.resolveSibling(output.getFileName() + ".old");
        Files.move(output, old, StandardCopyOption.REPLACE_EXISTING);
        root.tell("kept what had the name before as " + old);
      }
      PrivateFiles.write(output, yaml);
    }
  }

  private void tell(Learned learned, ReplayReport one, ReplayReport other) {
    root.tell(
        "sent "
            + one.sent()
            + " and "
            + other.sent()
            + " of "
            + one.recorded()
            + ": "
            + learned.count()
            + " rules"
            + (output == null ? "" : " in " + output + "; review them"));
    if (!learned.unstable().isEmpty()) {
      root.tell("changes, but no rule can tell how: " + learned.unstable().size() + " places");
    }
    if (!learned.steady().isEmpty()) {
      root.tell(
          "other than recorded, the same each time, so no noise: "
              + learned.steady().size()
              + " places");
    }
    if (one.failures() + other.failures() > 0) {
      root.tell(one.failures() + " and " + other.failures() + " requests failed");
    }
  }

  private static int exitCode(
      Learned learned, ReplayReport one, ReplayReport other, boolean damaged) {
    if (one.stopped() == SkipReason.STOPPED_BY_ERRORS
        || other.stopped() == SkipReason.STOPPED_BY_ERRORS) {
      return ExitCode.GUARD;
    }
    boolean whole =
        one.sent() > 0
            && one.sent() == other.sent()
            && one.failures() + other.failures() == 0
            && one.stopped() == null
            && other.stopped() == null;
    return whole && learned.unstable().isEmpty() && !damaged ? ExitCode.OK : ExitCode.DIFFERENT;
  }
}
