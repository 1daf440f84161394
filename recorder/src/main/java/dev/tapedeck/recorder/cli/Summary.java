// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.RecorderStats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What is said when a recording has ended. */
final class Summary {
  private Summary() {}

  /** Returns the summary for a person, several lines. */
  static String text(Path file, RecorderStats stats, Duration duration) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "recorded %d events, %s, %d streams in %.1f s to %s (%s%s)%n",
            stats.events(),
            ByteSize.text(stats.payloadBytes()),
            stats.streams(),
            duration.toMillis() / 1000.0,
            file,
            ByteSize.text(stats.fileBytes()),
            files(stats.files())));
    if (stats.losses().isEmpty() && stats.lateAttaches() == 0) {
      text.append(String.format("lost nothing%n"));
    }
    if (stats.lateAttaches() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "lost an unknown amount, %s: library found after its process began to use it%n",
              stats.lateAttaches() == 1 ? "once" : stats.lateAttaches() + " times"));
    }
    stats
        .losses()
        .forEach(
            (cause, loss) ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "lost %d events, %d bytes: %s%n",
                        loss.events(),
                        loss.bytes(),
                        label(cause).replace('_', ' '))));
    stats
        .blindSpots()
        .forEach(
            (what, seen) ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "not seen into: %s, %d reports, %s out, %s in%n",
                        label(what).replace('_', ' '),
                        seen.reports(),
                        ByteSize.text(seen.egressBytes()),
                        ByteSize.text(seen.ingressBytes()))));
    text.append(
        String.format(
            Locale.ROOT,
            "peak memory %s, %.1f s of CPU%s",
            ByteSize.text(stats.cost().peakMemoryBytes()),
            stats.cost().cpuNanos() / 1e9,
            shed(stats.cost())));
    return text.toString();
  }

  private static String shed(RecorderStats.Cost cost) {
    return cost.shedNanos() == 0
        ? ""
        : String.format(
            Locale.ROOT, "; payload left out for %.1f s by --cpu-limit", cost.shedNanos() / 1e9);
  }

  private static String files(RecorderStats.Files files) {
    if (files.finished() < 2) {
      return "";
    }
    return " in "
        + files.finished()
        + " files"
        + (files.deleted() == 0 ? "" : ", of which the oldest " + files.deleted() + " are deleted");
  }

  /** Returns the summary as one line of JSON. */
  static String json(Path file, RecorderStats stats, Duration duration) {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("file", file.toString());
          json.writeNumberProperty("duration_ms", duration.toMillis());
          json.writeNumberProperty("events", stats.events());
          json.writeNumberProperty("payload_bytes", stats.payloadBytes());
          json.writeNumberProperty("streams", stats.streams());
          json.writeNumberProperty("file_bytes", stats.fileBytes());
          json.writeNumberProperty("lost_events", stats.lostEvents());
          json.writeNumberProperty("lost_bytes", stats.lostBytes());
          json.writeObjectPropertyStart("losses");
          stats
              .losses()
              .forEach(
                  (cause, loss) -> {
                    json.writeObjectPropertyStart(label(cause));
                    json.writeNumberProperty("events", loss.events());
                    json.writeNumberProperty("bytes", loss.bytes());
                    json.writeEndObject();
                  });
          json.writeEndObject();
          json.writeObjectPropertyStart("blind_spots");
          stats
              .blindSpots()
              .forEach(
                  (what, seen) -> {
                    json.writeObjectPropertyStart(label(what));
                    json.writeNumberProperty("reports", seen.reports());
                    json.writeNumberProperty("egress_bytes", seen.egressBytes());
                    json.writeNumberProperty("ingress_bytes", seen.ingressBytes());
                    json.writeEndObject();
                  });
          json.writeEndObject();
          json.writeNumberProperty("late_attaches", stats.lateAttaches());
          json.writeNumberProperty("peak_memory_bytes", stats.cost().peakMemoryBytes());
          json.writeNumberProperty("cpu_ms", stats.cost().cpuNanos() / 1_000_000);
          json.writeNumberProperty("shed_ms", stats.cost().shedNanos() / 1_000_000);
          json.writeNumberProperty("files", stats.files().finished());
          json.writeNumberProperty("deleted_files", stats.files().deleted());
          json.writeNumberProperty("stored_blocks", stats.blocks().stored());
          json.writeNumberProperty("thorough_blocks", stats.blocks().thorough());
          json.writeEndObject();
        });
  }

  private static String label(Enum<?> cause) {
    return cause.name().toLowerCase(Locale.ROOT);
  }
}
