// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.Style;
import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.CaptureAccess;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureHost;
import dev.tapedeck.format.CaptureSummary;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Derivation;
import dev.tapedeck.format.EncryptionInfo;
import dev.tapedeck.format.LossEvent;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a capture holds, for a person. */
final class InfoView {
  private final TextOutput out;
  private boolean first = true;

  InfoView(TextOutput out) {
    this.out = out;
  }

  void show(CaptureFacts facts) throws IOException {
    if (!first) {
      out.line("");
    }
    first = false;
    CaptureHeader header = facts.header();
    CaptureSummary summary = facts.summary();
    out.line(out.style(Style.BOLD, SafeText.escape(facts.file().toString())));
    out.fact("state", state(facts));
    if (facts.encryption() != null) {
      encryption(facts.encryption(), facts.access());
    }
    if (!facts.scanned() && !facts.locked()) {
      out.fact("looked at", "the start and the end; --scan finds damage anywhere");
    }
    if (!facts.locked()) {
      origin(header);
    }
    if (header.derivation() != null) {
      derivation(header.derivation());
    }
    if (summary.events() > 0) {
      out.fact("first event", Human.dateAndClock(facts.epochNanos(summary.firstNanos())));
      out.fact("last event", Human.dateAndClock(facts.epochNanos(summary.lastNanos())));
      out.fact("duration", Human.duration(summary.lastNanos() - summary.firstNanos()));
    }
    out.fact(
        "holds",
        Human.count(summary.events(), "event")
            + " in "
            + Human.count(summary.blocks(), "block")
            + ", "
            + Human.bytes(summary.payloadBytes())
            + " of payload");
    out.fact("file size", Human.bytes(summary.fileBytes()));
    lost(facts);
    blindSpots(facts);
    for (Map.Entry<String, String> attribute : header.attributes().entrySet()) {
      out.fact(SafeText.escape(attribute.getKey()), SafeText.escape(attribute.getValue()));
    }
    for (Damage damage : facts.damages()) {
      out.fact(
          "damage",
          out.style(
              Style.BAD,
              "offset "
                  + damage.offset()
                  + ", "
                  + damage.lengthBytes()
                  + " bytes: "
                  + SafeText.escape(damage.reason())
                  + (damage.lostEvents() == 0 ? "" : "; " + Captures.lostEvents(damage))));
    }
  }

  private void derivation(Derivation derivation) throws IOException {
    out.fact(
        "derived", known(derivation.verb()) + " by " + known(derivation.producer()) + ", from");
    for (Derivation.Origin origin : derivation.origins()) {
      String blocks =
          origin.endSequence() == 0
              ? ""
              : ", blocks " + origin.firstSequence() + " up to " + origin.endSequence();
      out.fact("", origin.fileId() + blocks);
    }
  }

  private void copyLosses(List<CopyLoss> losses) throws IOException {
    for (CopyLoss loss : losses) {
      String what =
          switch (loss.kind()) {
            case NO_RECORD -> "bytes that were no record";
            case BLOCK -> "damaged block";
            case MISSING -> "missing blocks";
            case PAYLOAD -> "damaged payload";
            case END -> "cut end of the file";
            case UNKNOWN -> "damage";
          };
      String lost =
          loss.events() < 0
              ? "an unknown number of events"
              : Human.count(loss.events(), "event")
                  + (loss.dataBytes() < 0 ? "" : ", " + Human.count(loss.dataBytes(), "byte"));
      out.fact("lost", out.style(Style.WARNING, "before copying, " + what + ": " + lost));
    }
  }

  private void lost(CaptureFacts facts) throws IOException {
    CaptureSummary summary = facts.summary();
    Map<LossEvent.Cause, CaptureFacts.Loss> losses = facts.losses();
    if (losses == null) {
      out.fact(
          "lost",
          Human.count(summary.lostEvents(), "event")
              + ", "
              + Human.count(summary.lostBytes(), "byte"));
      return;
    }
    List<CopyLoss> copyLosses = facts.copyLosses();
    if (copyLosses != null) {
      copyLosses(copyLosses);
    }
    if (losses.isEmpty() && (copyLosses == null || copyLosses.isEmpty())) {
      out.fact("lost", "nothing");
    }
    for (Map.Entry<LossEvent.Cause, CaptureFacts.Loss> loss : losses.entrySet()) {
      String cause = loss.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      out.fact("lost", out.style(Style.WARNING, cause + ": " + amount(loss.getValue())));
    }
  }

  private static String amount(CaptureFacts.Loss loss) {
    String known =
        Human.count(loss.events(), "event") + ", " + Human.count(loss.lostBytes(), "byte");
    if (loss.unknown() == 0) {
      return known;
    }
    String unknown = "an unknown amount, " + Human.count(loss.unknown(), "time");
    return loss.events() == 0 && loss.lostBytes() == 0 ? unknown : known + ", and " + unknown;
  }

  private void blindSpots(CaptureFacts facts) throws IOException {
    Map<BlindSpotEvent.What, CaptureFacts.BlindSpot> blindSpots = facts.blindSpots();
    if (blindSpots == null) {
      return;
    }
    for (Map.Entry<BlindSpotEvent.What, CaptureFacts.BlindSpot> seen : blindSpots.entrySet()) {
      String what =
          switch (seen.getKey()) {
            case KTLS -> "TLS by the kernel set up";
            case IO_URING -> "io_uring";
            case UNHOOKED_TLS -> "TLS of programs without a known library";
            case UDP_443 -> "UDP port 443 (HTTP/3)";
            case UNKNOWN -> "something that this version does not know";
          };
      out.fact(
          "not seen into",
          out.style(
              Style.WARNING,
              what
                  + ": "
                  + Human.count(seen.getValue().reports(), "report")
                  + ", "
                  + Human.bytes(seen.getValue().egressBytes())
                  + " out, "
                  + Human.bytes(seen.getValue().ingressBytes())
                  + " in"));
    }
  }

  private void origin(CaptureHeader header) throws IOException {
    out.fact("made by", known(header.producer()));
    String system = (header.kernelRelease() + " " + header.architecture()).strip();
    out.fact(
        "host",
        known(header.hostName()) + (system.isEmpty() ? "" : ", " + SafeText.escape(system)));
    for (CaptureHost more : header.hosts()) {
      out.fact("host", known(more.hostName()));
    }
    out.fact("created", created(header.createdRealNanos()));
  }

  private void encryption(EncryptionInfo encryption, CaptureAccess access) throws IOException {
    out.fact("encrypted", "for " + recipients(encryption.recipients()));
    if (!encryption.metadataRecipients().isEmpty()) {
      out.fact("", "without payload for " + recipients(encryption.metadataRecipients()));
    }
    out.fact(
        "readable",
        switch (access) {
          case HEADERS ->
              out.style(Style.WARNING, "counts and times only: no key for it was given");
          case METADATA -> "all but payload, with the key that was given";
          case ALL -> "all, with the key that was given";
        });
  }

  private static String recipients(Map<String, Integer> types) {
    return types.isEmpty()
        ? "nobody"
        : types.entrySet().stream()
            .map(
                type ->
                    Human.count(type.getValue(), "recipient")
                        + " ("
                        + SafeText.escape(type.getKey())
                        + ")")
            .collect(Collectors.joining(", "));
  }

  private String state(CaptureFacts facts) {
    if (facts.damaged()) {
      String what = facts.summary().complete() ? "damaged" : "cut: the end of the file is missing";
      return out.style(Style.BAD, what);
    }
    return facts.summary().complete()
        ? "complete"
        : out.style(Style.WARNING, "unfinished: being written, or the recorder was killed");
  }

  private static String created(long realNanos) {
    return Human.dateAndClock(realNanos == 0 ? null : Long.valueOf(realNanos));
  }

  private static String known(String text) {
    return text.isEmpty() ? "not known" : SafeText.escape(text);
  }
}
