// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.report.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A folder with what is left of a failing selection: a capture, and a JUnit test that replays it.
 * Folder and files are readable by their owner only, because a capture holds secrets.
 */
public final class Reproducer {
  private static final String CAPTURE = "reproducer.tape";
  private static final String TEST = "ReproducerTest.java";
  private static final String RULES = "rules.yaml";
  private static final int FILE_ID_BYTES = 16;

  /** RFC 9110, section 9.2.1. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private Reproducer() {}

  /**
   * Writes the folder; files of an earlier one are replaced.
   *
   * @param source the capture that the exchanges are from, the first of several
   * @param rules the rules file of the replay; null when there was none
   * @param role whose exchanges they are
   * @return what was written
   * @throws IOException when something cannot be written
   */
  public static List<Path> write(
      Path folder, Selection selection, RecordedCapture source, @Nullable Path rules, Role role)
      throws IOException {
    PrivateFiles.createFolder(folder);
    byte[] id = new byte[FILE_ID_BYTES];
    new SecureRandom().nextBytes(id);
    Path capture = folder.resolve(CAPTURE);
    new SmallCapture(selection, source, Bytes.copyOf(id)).writeTo(capture);
    List<Path> written = new ArrayList<>(List.of(capture));
    if (rules != null) {
      Path copy = folder.resolve(RULES);
      PrivateFiles.write(copy, Files.readString(rules, StandardCharsets.UTF_8));
      written.add(copy);
    }
    Path test = folder.resolve(TEST);
    PrivateFiles.write(test, source(selection, rules != null, role));
    written.add(test);
    return written;
  }

  private static String source(Selection selection, boolean rules, Role role) {
    boolean unsafe = selection.exchanges().stream().anyMatch(one -> !SAFE.contains(one.method()));
    List<String> attributes = new ArrayList<>();
    attributes.add("\"" + CAPTURE + "\"");
    if (rules) {
      attributes.add("rules = \"" + RULES + "\"");
    }
    if (unsafe) {
      attributes.add("allowUnsafe = true");
    }
    if (role != Role.SERVER) {
      attributes.add("role = dev.tapedeck.format.Role." + role.name());
    }
    if (attributes.size() > 1) {
      attributes.set(0, "value = " + attributes.get(0));
    }
    String exchanges =
        selection.exchanges().stream().map(Reproducer::line).collect(Collectors.joining("\n"));
    return """
        import dev.tapedeck.replayer.junit5.CaptureReplayTest;

        /**
         * Made by replayer run --minimize. What it takes to show the difference:
         *
         * <pre>
        %s
         * </pre>
         *
         * <p>The target is named with -Dtapedeck.target=http://127.0.0.1:8080; a targetFactory that
         * starts the application makes the test complete. Capture and rules belong beside this class
         * on the class path. The capture holds what was recorded, secrets too.
         */
        final class ReproducerTest {
          @CaptureReplayTest(%s)
          void answersAsRecorded() {}
        }
        """
        .formatted(exchanges, String.join(", ", attributes));
  }

  /** Captured text in a comment must neither end it nor be an escape. */
  private static String line(SelectedExchange exchange) {
    String text = exchange.id() + " " + exchange.method() + " " + exchange.maskedTarget();
    return " * " + text.replaceAll("[^A-Za-z0-9 /._~?=%:,;+\\[\\]{}()-]", "_").replace("*/", "__");
  }
}
