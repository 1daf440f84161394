// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.BodyMode;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.stream.HostTimes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureRecords;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints events, or the records they stand in, as JSON. */
@Command(
    name = "cat",
    description = {
      "Prints every event of captures as JSON, with all its fields and with the captured bytes.",
      "--blocks prints what the records' headers say instead, for which no key is needed."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer cat orders.tape --payload text | jq 'select(.event == \"data\")'",
      "  analyzer cat orders.tape --blocks | jq .event_count"
    })
final class CatCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Capture files, read one after another.")
  private List<Path> files = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "ndjson",
      description = "json or ndjson; ndjson by default.")
  private OutputFormat format = OutputFormat.NDJSON;

  @Option(
      names = "--payload",
      paramLabel = "HOW",
      defaultValue = "base64",
      description = "Captured bytes as ${COMPLETION-CANDIDATES}; base64 by default.")
  private BodyMode payload = BodyMode.BASE64;

  @Option(names = "--blocks", description = "One object for each record instead of each event.")
  private boolean blocks;

  @Mixin private TimeOptions time = new TimeOptions();

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  private boolean damaged;

  CatCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    if (format == OutputFormat.TABLE) {
      throw new CommandFailure(
          ExitCode.USAGE, "no format of cat", "table", "see 'analyzer dump', or use ndjson");
    }
    if (blocks && time.isGiven()) {
      throw new CommandFailure(
          ExitCode.USAGE, "no time in", "--blocks", "leave --from and --to out");
    }
    Captures.check(files);
    if (blocks) {
      printRecords();
    } else {
      printEvents();
    }
    return damaged ? ExitCode.DAMAGE : ExitCode.OK;
  }

  private CaptureRef refOf(int index) {
    return files.size() == 1
        ? CaptureRef.ONLY
        : new CaptureRef(files.get(index).toString(), index + 1);
  }

  private void printEvents() throws IOException {
    ListOutput<CaptureEvent> list =
        new ListOutput<>(root.pages(), format, "", this::json, null, Long.MAX_VALUE);
    for (int i = 0; i < files.size(); i++) {
      printEvents(files.get(i), refOf(i), list);
    }
    list.finish();
  }

  private void printEvents(Path file, CaptureRef capture, ListOutput<CaptureEvent> list)
      throws IOException {
    try (CaptureReader reader = Captures.open(root, file, strict)) {
      Printer printer = new Printer(file, capture, list);
      Projection projection = payload == BodyMode.NONE ? Projection.METADATA : Projection.ALL;
      if (time.isGiven()) {
        TimeWindow window = window(reader, printer);
        printer.window = window;
        reader.read(projection, window.monotonic(), printer);
      } else {
        reader.read(projection, printer);
      }
      damaged |= printer.fileDamaged;
      damaged |= Captures.tellsCut(root, file, reader, printer.fileDamaged);
    }
  }

  /** Reads all clocks, and tells what is damaged on the way. */
  private TimeWindow window(CaptureReader reader, Printer damages) throws IOException {
    HostTimes times = new HostTimes();
    reader.read(
        Projection.METADATA,
        new CaptureVisitor() {
          @Override
          public void event(CaptureEvent event) {
            times.add(event);
          }

          @Override
          public void damage(Damage damage) {
            damages.damage(damage);
          }
        });
    return time.window(times);
  }

  private void json(CaptureRef capture, CaptureEvent event, OutputStream out) throws IOException {
    Json.compact(
        out,
        json ->
            new EventJson(json, (target, bytes) -> PayloadJson.write(target, bytes, payload))
                .write(capture, event));
  }

  private void printRecords() throws IOException {
    ListOutput<CaptureRecords.Entry> list =
        new ListOutput<>(
            root.pages(),
            format,
            "",
            (capture, entry, out) ->
                Json.compact(out, json -> new RecordJson(json).write(capture, entry)),
            null,
            Long.MAX_VALUE);
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      CaptureRef capture = refOf(i);
      CaptureRecords.read(
          file,
          new CaptureRecords.Visitor() {
            @Override
            public void record(CaptureRecords.Entry entry) throws IOException {
              damaged |= !entry.isSound();
              list.add(capture, entry);
            }

            @Override
            public void damage(Damage damage) {
              damaged |= Captures.counts(file, damage);
              root.warn(Captures.describe(file, damage));
            }
          });
    }
    list.finish();
  }

  private final class Printer implements CaptureVisitor {
    private final Path file;
    private final CaptureRef capture;
    private final ListOutput<CaptureEvent> list;
    private final Set<Damage> told = new HashSet<>();

    /** Null for every event. */
    private @Nullable TimeWindow window;

    private boolean fileDamaged;

    Printer(Path file, CaptureRef capture, ListOutput<CaptureEvent> list) {
      this.file = file;
      this.capture = capture;
      this.list = list;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      if (window == null || window.contains(event.stamp())) {
        list.add(capture, event);
      }
    }

    @Override
    public void damage(Damage damage) {
      if (told.add(damage)) {
        fileDamaged |= Captures.counts(file, damage);
        root.warn(Captures.describe(file, damage));
      }
    }
  }
}
