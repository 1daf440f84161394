// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.BaselineReplay;
import dev.tapedeck.replayer.Sender;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.engine.ErrorLimit;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.learn.NoiseFinder;
import dev.tapedeck.replayer.learn.NoiseThresholds;
import dev.tapedeck.replayer.minimize.Reproducer;
import dev.tapedeck.replayer.mock.server.MockAccount;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import dev.tapedeck.replayer.target.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends what was recorded and compares the answers. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    description =
        "Sends recorded requests to a target and compares its answers with the recorded ones.",
    footer = {
      "",
      "Examples:",
      "  replayer run orders.tape --target http://127.0.0.1:8080",
      "  replayer run orders.tape --target https://test.example --pace x10 \\",
      "      --rules rules.yaml --junit-xml replay.xml",
      "  replayer run orders.tape --target http://127.0.0.1:8080 --mock -- ./start.sh"
    })
final class RunCommand implements Callable<Integer> {
  private final ReplayerCommand root;
  private final StopSignal stop;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private SelectOptions select = new SelectOptions();

  @Mixin private TargetOptions target = new TargetOptions();

  @Mixin private SendOptions send = new SendOptions();

  @Mixin private StartOptions start = new StartOptions();

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description =
          "What is rewritten and what may differ: YAML as in docs/rules.schema.json. May be"
              + " repeated.")
  private List<Path> rulesFiles = List.of();

  @Option(
      names = "--baseline",
      paramLabel = "URL",
      description = {
        "Compare with the answers of this target instead of the recorded ones. It is sent"
            + " everything twice, to find out what changes by itself."
      })
  private @Nullable String baselineUrl;

  @Option(
      names = "--noise-thresholds",
      paramLabel = "REL,ABS",
      defaultValue = "20,0.03",
      description = {
        "With --baseline: a place where the baseline differs from itself counts when so many"
            + " percent more answers differ there, of both together and of all; 20,0.03 by default."
      })
  private String thresholds = "20,0.03";

  @Option(
      names = "--no-repeats",
      description = {
        "Compare strictly what equal requests of the capture show to be made anew for each answer;"
            + " without it such values are checked by type, and listed."
      })
  private boolean noRepeats;

  @Option(
      names = "--include-secrets",
      description = "Show credentials, cookies and tokens in differences instead of masking them.")
  private boolean includeSecrets;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private OutputFormat format = OutputFormat.TABLE;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write report.json, report.txt and requests.ndjson there.")
  private @Nullable Path folder;

  @Option(
      names = "--junit-xml",
      paramLabel = "FILE",
      description = "Write a JUnit report: a test case for each exchange.")
  private @Nullable Path junitXml;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page for people: account, times, differences side by side.")
  private @Nullable Path html;

  @Mixin private MinimizeOptions minimize = new MinimizeOptions();

  RunCommand(ReplayerCommand root, StopSignal stop) {
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
        send.options(
            goal,
            new ComparatorOptions(
                rules, includeSecrets, ComparatorOptions.DEFAULT_MAX_DIFFERENCES));
    NoiseThresholds limits = limits();
    start.check(root.commandToStart());
    if (baselineUrl != null && start.mock()) {
      throw new ParameterException(
          spec.commandLine(), "--mock stands around one target, --baseline has two: give one");
    }
    checkOutputs();
    try (CaptureInput input = CaptureInput.load(select, root)) {
      Selection chosen = Selection.of(input.captures(), selection);
      ReplayPlan plan = ReplayPlan.of(chosen, planned);
      Sender.Receiver receiver = receiver(goal, options, input);
      PlannedFlows flows = select.flows(plan);
      Sender sender =
          new Sender(flows, rules.rewrite(), replayer -> ProgressLine.run(root, stop, replayer));
      NoiseFinder finder = new NoiseFinder(flows.plan(), options.comparison(), send.keepHost());
      if (!noRepeats) {
        finder.repeats();
      }
      Surroundings around = new Surroundings(root, start, stop, includeSecrets);
      try (around) {
        around.start(input.captures(), plan, rules, receiver.address());
        Sender.Receiver other = null;
        ReplayReport report;
        if (baselineUrl == null) {
          ReplayOptions noisy = options.withNoise(finder.learned().rules());
          Sender.Receiver judged = new Sender.Receiver(noisy, receiver.address());
          report = sender.send(around.beside(sender.replayer(judged)));
        } else {
          Target good = target.target(baselineUrl);
          other = receiver(good, send.options(good, options.comparison()), input);
          report = new BaselineReplay(sender, receiver, other).run(finder, limits);
        }
        tell(report);
        MockAccount asked = around.asked();
        new RunOutput(root, format, folder, junitXml, html).mocked(asked).write(report);
        minimize.minimize(
            report,
            new MinimizeOptions.Whole(
                input, flows, chosen, finder, conditions(selection.role(), options), root),
            new PartialReplay(
                select,
                planned,
                flows.plan(),
                rules.rewrite(),
                again(receiver, report, finder),
                other == null ? null : again(other, report, finder),
                around::beside,
                stop));
        return exitCode(report, input.damaged() || (asked != null && asked.missed() > 0));
      }
    }
  }

  private Sender.Receiver receiver(Target url, ReplayOptions options, CaptureInput input)
      throws IOException {
    InetAddress address = target.check(url, input.captures());
    return new Sender.Receiver(options, new InetSocketAddress(address, url.port()));
  }

  /**
   * Where endpoints were slow, times count in trials too, although these are as fast as it goes.
   */
  private Sender.Receiver again(Sender.Receiver receiver, ReplayReport report, NoiseFinder finder) {
    ReplayRules rules = receiver.options().comparison().rules();
    ComparatorOptions comparison =
        new ComparatorOptions(
            report.findings().slow().isEmpty() ? rules : rules.withUsualLatency(),
            finder.learned().rules(),
            includeSecrets,
            ComparatorOptions.DEFAULT_MAX_DIFFERENCES);
    return new Sender.Receiver(
        send.builder(receiver.options().target(), comparison).rehearse(false).build(),
        receiver.address());
  }

  private MinimizeOptions.Conditions conditions(Role role, ReplayOptions options) {
    return found ->
        new Reproducer.Conditions(
            rulesFiles, found, role, options, baselineUrl, !noRepeats, select.carriesValues());
  }

  private NoiseThresholds limits() {
    if (!thresholds.matches("\\d{1,3}(\\.\\d{1,6})?,\\d{1,3}(\\.\\d{1,6})?")) {
      throw new ParameterException(
          spec.commandLine(),
          "--noise-thresholds " + thresholds + ": expected two percentages such as 20,0.03");
    }
    int comma = thresholds.indexOf(',');
    return new NoiseThresholds(
        Double.parseDouble(thresholds.substring(0, comma)),
        Double.parseDouble(thresholds.substring(comma + 1)));
  }

  private void checkOutputs() throws IOException {
    OutputPaths paths = new OutputPaths(select.files());
    paths.file("--target-log", start.log());
    paths.folderToMake("--report", folder);
    paths.file("--junit-xml", junitXml);
    paths.file("--html", html);
    paths.folderToMake("--minimize", minimize.folder());
  }

  private void tell(ReplayReport report) {
    root.tellUnused(report.unusedRules());
    if (report.connectionsOpened() == 0
        && report.failed().containsKey(FailureReason.CONNECT_REFUSED)) {
      root.tell("nothing listens at " + report.target() + ": start the target first");
    }
    if (report.stopped() == SkipReason.STOPPED_BY_ERRORS) {
      ErrorLimit limit = send.maxErrors();
      root.tell(
          "stopped after "
              + (limit.share() == 0 ? limit.count() : "too many")
              + " errors, see --max-errors");
    } else if (report.sent() == 0) {
      root.tell("nothing was sent and answered, so nothing was tested");
    }
  }

  private static int exitCode(ReplayReport report, boolean damaged) {
    if (report.stopped() == SkipReason.STOPPED_BY_ERRORS) {
      return ExitCode.GUARD;
    }
    return report.isGreen() && !damaged ? ExitCode.OK : ExitCode.DIFFERENT;
  }
}
