// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.terminal.TextOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one exchange or session. */
@Command(
    name = "show",
    description = {
      "Shows one exchange (12.3) or session (12) as it was recorded, secrets included.",
      "Control characters are escaped. On a terminal, or with --color always, JSON is laid out."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer show orders.tape 12.3",
      "  analyzer show orders.tape 12 --why"
    })
final class ShowCommand implements Callable<Integer> {
  private static final Pattern ID =
      Pattern.compile("(?:[0-9]+:)?([1-9][0-9]{0,8})(?:\\.([1-9][0-9]{0,8}))?");

  private final AnalyzerCommand root;

  @Parameters(index = "0", paramLabel = "FILE", description = "Capture file.")
  private Path file = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "ID",
      description = "Exchange (12.3) or session (12), as listed by the other commands.")
  private String id = "";

  @Option(names = "--why", description = "Explain how the connection was linked to its socket.")
  private boolean why;

  @Option(
      names = "--max-body",
      paramLabel = "SIZE",
      defaultValue = "16KiB",
      converter = ByteSize.Converter.class,
      description = "How much of a body to show; 16KiB by default.")
  private ByteSize maxBody = new ByteSize(0);

  @Option(
      names = "--raw",
      description =
          "Bodies as they are when the output is no terminal: JSON as it was sent, and bytes that are"
              + " no text in hexadecimal.")
  private boolean raw;

  @Option(names = "--both-ends", description = "Number sessions as 'sessions --both-ends' does.")
  private boolean bothEnds;

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  ShowCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Matcher matcher = ID.matcher(id);
    if (!matcher.matches()) {
      if (ID.matcher(file.toString()).matches()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "the file comes first",
            "'" + file + "'",
            "write 'analyzer show " + id + " " + file + "'");
      }
      throw new CommandFailure(
          ExitCode.USAGE,
          "no id",
          "'" + id + "'",
          "write such as 12.3 for an exchange, 12 for a session");
    }
    int sessionNumber = Integer.parseInt(matcher.group(1));
    String placeText = matcher.group(2);
    int place = placeText == null ? 0 : Integer.parseInt(placeText);
    int code;
    boolean found;
    try (Spool spool = new Spool(Spool.DEFAULT_BUFFERED_BYTES)) {
      Finder finder = new Finder(sessionNumber, place, spool);
      code =
          new SessionSource(
                  root,
                  new SourceOptions(List.of(file), strict, bothEnds),
                  new FilterOptions(),
                  false)
              .read(finder);
      found = finder.found;
    }
    if (!found) {
      String what = place == 0 ? "session" : "exchange";
      throw new CommandFailure(
          ExitCode.IO,
          "no such " + what,
          file + " " + id,
          "list them with 'analyzer " + what + "s'");
    }
    root.terminal().out().flush();
    return code;
  }

  private boolean isPretty() {
    return root.forPerson() && !raw;
  }

  /** Waits for what was asked for and shows it. */
  private final class Finder implements SessionSource.Sink {
    private final int sessionNumber;
    private final int place;
    private final TextOutput out = new TextOutput(root.pages(), root.colorful());
    private final SessionView view;
    private final Spool.Text lines;
    private boolean found;

    Finder(int sessionNumber, int place, Spool spool) {
      this.sessionNumber = sessionNumber;
      this.place = place;
      this.view =
          new SessionView(out, why, new ExchangeTable(root.terminal().columns(), root.colorful()));
      this.lines = spool.begin();
    }

    @Override
    public boolean exchange(CaptureRef capture, Exchange exchange) throws IOException {
      if (exchange.sessionNumber() != sessionNumber) {
        return true;
      }
      if (place == 0) {
        view.line(exchange, lines);
        return true;
      }
      if (exchange.index() + 1 < place) {
        return true;
      }
      if (exchange.index() + 1 == place) {
        new ExchangeView(out, why, new BodyView(out, maxBody.bytes(), isPretty(), root.colorful()))
            .show(exchange);
        found = true;
      }
      return false;
    }

    @Override
    public boolean session(CaptureRef capture, SessionSummary session) throws IOException {
      if (session.number() != sessionNumber) {
        return true;
      }
      if (place == 0) {
        view.show(session, lines);
        found = true;
      }
      return false;
    }

    @Override
    public boolean noSession(CaptureRef capture, int number) {
      return number != sessionNumber;
    }
  }
}
