// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Copies in memory. */
final class Copies {
  private Copies() {}

  /** What a copier made. */
  record Copied(List<byte[]> files, List<CopyReport> reports) {
    byte[] file() {
      return files.get(0);
    }

    CopyReport report() {
      return reports.get(0);
    }
  }

  static Copied recover(byte[] capture) throws IOException {
    return copy(capture, "damaged.tape", SplitRule.whole());
  }

  static Copied copy(byte[] capture, String name, SplitRule rule) throws IOException {
    List<InMemoryChannel> made = new ArrayList<>();
    try (CaptureCopier copier = CaptureCopier.open(new InMemoryChannel(capture), name)) {
      List<CopyReport> reports =
          copier.copy(
              rule,
              (part, parts) -> {
                InMemoryChannel file = new InMemoryChannel();
                made.add(file);
                return CopyTarget.of(file, "copy." + part + ".tape");
              },
              options());
      return new Copied(made.stream().map(InMemoryChannel::toByteArray).toList(), reports);
    }
  }

  /** Options whose file ids count up, so that no two files of one copier have the same. */
  static CopyOptions options() {
    Supplier<Bytes> ids =
        new Supplier<>() {
          private int next;

          @Override
          public Bytes get() {
            return Bytes.latin1("copy number %04d".formatted(next++));
          }
        };
    return new CopyOptions("recover", "tapedeck-test 1", ids);
  }

  /** Returns the loss records of a capture. */
  static List<CopyLoss> losses(byte[] capture) throws IOException {
    List<CopyLoss> losses = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(capture), "test.tape", ReaderOptions.defaults())) {
      reader.read(
          Projection.METADATA,
          new CaptureVisitor() {
            @Override
            public void event(CaptureEvent event) {}

            @Override
            public void loss(CopyLoss loss) {
              losses.add(loss);
            }
          });
    }
    return losses;
  }
}
