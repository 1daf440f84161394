// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.terminal.DisplayWidth;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureFollower;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.FollowPacing;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints events. */
@Command(
    name = "dump",
    description = {
      "Prints every event of a capture, one line each, without captured content.",
      ">> is out of the process, << into it; c1 is a connection, t1 a TLS session, p1 a process."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer dump orders.tape | head",
      "  analyzer dump orders.tape --bytes 40 | grep 'c7 '",
      "  analyzer dump orders.tape --follow"
    })
final class DumpCommand implements Callable<Integer> {
  /** Followed output is at most so much behind the file. */
  private static final Duration FOLLOW_INTERVAL = Duration.ofMillis(200);

  private final AnalyzerCommand root;

  @Parameters(paramLabel = "FILE", description = "Capture file.")
  private Path file = Path.of("");

  @Mixin private TableOptions table = new TableOptions();

  @Option(
      names = "--bytes",
      paramLabel = "N",
      converter = Count.OfInt.class,
      description =
          "Show that many captured bytes of each event, and cut no line unless --width says where;"
              + " none by default.")
  private int shownBytes;

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  @Option(
      names = "--follow",
      description =
          "Go on while the capture is being written, until it is finished. Its .partial file is"
              + " found by the final name too.")
  private boolean follow;

  @Option(
      names = "--follow-timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "The same, and stop when nothing was added for that long, as when the recorder was"
              + " killed; never by default.")
  private @Nullable Duration followTimeout;

  DumpCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    if (follow || followTimeout != null) {
      return follow();
    }
    Captures.check(List.of(file));
    Printer printer = new Printer(file, root.pages());
    try (CaptureReader reader = Captures.open(root, file, strict)) {
      printer.begin();
      try {
        reader.read(projection(), printer);
      } catch (EnoughException e) {
        // As many events as were asked for are printed; the rest need not be read.
        printer.end();
        return printer.exitCode();
      }
      printer.end();
      printer.damaged |= Captures.tellsCut(root, file, reader, printer.damaged);
    }
    return printer.exitCode();
  }

  private int follow() throws IOException {
    FollowPacing pacing = FollowPacing.of(FOLLOW_INTERVAL, followTimeout);
    try (CaptureFollower follower = Captures.follow(root, file, strict)) {
      Path found = Path.of(follower.name());
      Printer printer = new Printer(found, root.terminal().out());
      printer.begin();
      try {
        if (!follower.follow(projection(), printer, pacing.beforeWaiting(printer::flush))) {
          printer.damaged |= Captures.tellsCut(root, found, false, printer.damaged);
        }
      } catch (EnoughException e) {
        // As many events as were asked for are printed; the rest need not be waited for.
        printer.end();
        return printer.exitCode();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException(found + ": interrupted");
        interrupted.initCause(e);
        throw interrupted;
      }
      printer.end();
      return printer.exitCode();
    }
  }

  private Projection projection() {
    return shownBytes > 0 ? Projection.ALL : Projection.METADATA;
  }

  private int columns() {
    return table.width(shownBytes > 0 ? 0 : root.terminal().columns());
  }

  private final class Printer implements CaptureVisitor {
    private final Path source;
    private final OutputStream out;
    private final EventText text = new EventText(shownBytes);
    private long events;
    private boolean damaged;

    Printer(Path source, OutputStream out) {
      this.source = source;
      this.out = out;
    }

    void begin() throws IOException {
      if (table.format() == OutputFormat.JSON) {
        out.write("[\n".getBytes(StandardCharsets.US_ASCII));
      }
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      if (events >= table.limit()) {
        throw new EnoughException();
      }
      events++;
      if (table.format() == OutputFormat.TABLE) {
        out.write(DisplayWidth.cut(text.line(event), columns()).getBytes(StandardCharsets.UTF_8));
      } else {
        if (table.format() == OutputFormat.JSON && events > 1) {
          out.write(',');
        }
        Json.compact(
            out,
            json ->
                new EventJson(json, EventJson.Content.firstBytes(shownBytes))
                    .write(CaptureRef.ONLY, event));
      }
      out.write('\n');
    }

    @Override
    public void damage(Damage damage) {
      damaged |= Captures.counts(source, damage);
      root.warn(Captures.describe(source, damage));
    }

    void flush() throws IOException {
      out.flush();
    }

    void end() throws IOException {
      if (table.format() == OutputFormat.JSON) {
        out.write("]\n".getBytes(StandardCharsets.US_ASCII));
      }
      out.flush();
    }

    int exitCode() {
      return damaged ? ExitCode.DAMAGE : ExitCode.OK;
    }
  }
}
