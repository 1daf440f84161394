// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.report.PrivateFiles;
import dev.tapedeck.replayer.rules.RulesReader;
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
 * A folder with what is left of a failing selection: a capture, and a JUnit test that replays it
 * and judges as the replay did. Folder and files are readable by their owner only, because a
 * capture holds secrets.
 */
public final class Reproducer {
  private static final String CAPTURE = "reproducer.tape";
  private static final String TEST = "ReproducerTest.java";
  private static final String FOUND = "found.yaml";
  private static final String AUTHORITIES = "ca.pem";
  private static final int FILE_ID_BYTES = 16;
  private static final int ONE_LINE = 75;

  /** RFC 9110, section 9.2.1. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private Reproducer() {}

  /**
   * How the replay was held and judged.
   *
   * @param rules files that were given
   * @param found rules that the replay found, as YAML: what a small capture no longer shows to
   *     change by itself, and how slow endpoints may be; empty for none
   * @param role whose exchanges they are
   * @param sending how requests were sent
   * @param baseline URL of the target whose answers were compared with; null for the recorded ones
   * @param repeats whether equal requests of the capture say what changes by itself
   * @param carriesValues whether values were carried over
   */
  public record Conditions(
      List<Path> rules,
      String found,
      Role role,
      ReplayOptions sending,
      @Nullable String baseline,
      boolean repeats,
      boolean carriesValues) {
    public Conditions {
      rules = List.copyOf(rules);
    }
  }

  /**
   * Writes the folder; files of an earlier one are replaced.
   *
   * @param source the capture that the exchanges are from, the first of several
   * @return what was written
   * @throws IOException when something cannot be written
   * @throws RulesException when a rules file is none any more
   */
  public static List<Path> write(
      Path folder, Selection selection, RecordedCapture source, Conditions conditions)
      throws IOException, RulesException {
    PrivateFiles.createFolder(folder);
    byte[] id = new byte[FILE_ID_BYTES];
    new SecureRandom().nextBytes(id);
    Path capture = folder.resolve(CAPTURE);
    new SmallCapture(selection, source, Bytes.copyOf(id)).writeTo(capture);
    List<Path> written = new ArrayList<>(List.of(capture));
    List<String> rules = new ArrayList<>();
    for (Path file : conditions.rules()) {
      rules.add(rules.isEmpty() ? "rules.yaml" : "rules-" + (rules.size() + 1) + ".yaml");
      Path copy = folder.resolve(rules.get(rules.size() - 1));
      PrivateFiles.write(copy, RulesReader.withAbsoluteFiles(file));
      written.add(copy);
    }
    if (!conditions.found().isEmpty()) {
      rules.add(FOUND);
      PrivateFiles.write(folder.resolve(FOUND), conditions.found());
      written.add(folder.resolve(FOUND));
    }
    Path authorities = conditions.sending().certificateAuthorities();
    if (authorities != null) {
      PrivateFiles.write(
          folder.resolve(AUTHORITIES), Files.readString(authorities, StandardCharsets.UTF_8));
      written.add(folder.resolve(AUTHORITIES));
    }
    Path test = folder.resolve(TEST);
    PrivateFiles.write(test, source(selection, rules, conditions));
    written.add(test);
    return written;
  }

  private static String attributes(Selection selection, List<String> rules, Conditions conditions) {
    List<String> attributes = new ArrayList<>();
    attributes.add(literal(CAPTURE));
    if (!rules.isEmpty()) {
      String names = rules.stream().map(Reproducer::literal).collect(Collectors.joining(", "));
      attributes.add("rules = " + (rules.size() == 1 ? names : "{" + names + "}"));
    }
    if (conditions.baseline() != null) {
      attributes.add("baseline = " + literal("${tapedeck.baseline:" + conditions.baseline() + "}"));
    }
    if (selection.exchanges().stream().anyMatch(one -> !SAFE.contains(one.method()))) {
      attributes.add("allowUnsafe = true");
    }
    if (conditions.role() != Role.SERVER) {
      attributes.add("role = dev.tapedeck.format.Role." + conditions.role().name());
    }
    if (!conditions.repeats()) {
      attributes.add("repeats = false");
    }
    if (selection.exchanges().stream().anyMatch(one -> one.lacks() != null)) {
      attributes.add("allowIncomplete = true");
    }
    if (!conditions.carriesValues()) {
      attributes.add("flows = false");
    }
    addSending(attributes, conditions.sending());
    if (attributes.size() > 1) {
      attributes.set(0, "value = " + attributes.get(0));
    }
    String line = String.join(", ", attributes);
    return line.length() <= ONE_LINE ? line : String.join(",\n      ", attributes);
  }

  /** A secret key stays where it is. */
  private static void addSending(List<String> attributes, ReplayOptions sending) {
    if (sending.keepHost()) {
      attributes.add("keepHost = true");
    }
    if (sending.insecure()) {
      attributes.add("insecure = true");
    }
    if (sending.certificateAuthorities() != null) {
      attributes.add("certificateAuthorities = " + literal(AUTHORITIES));
    }
    addFile(attributes, "clientCertificate", sending.clientCertificate());
    addFile(attributes, "clientKey", sending.clientKey());
    if (!sending.serverName().equals(sending.target().host())) {
      attributes.add("serverName = " + literal(sending.serverName()));
    }
    ReplayOptions usual = ReplayOptions.newBuilder(sending.target()).build();
    if (!sending.connectTimeout().equals(usual.connectTimeout())) {
      attributes.add("connectTimeoutMillis = " + sending.connectTimeout().toMillis());
    }
    if (!sending.answerTimeout().equals(usual.answerTimeout())) {
      attributes.add("answerTimeoutMillis = " + sending.answerTimeout().toMillis());
    }
  }

  private static void addFile(List<String> attributes, String name, @Nullable Path file) {
    if (file != null) {
      attributes.add(name + " = " + literal(file.toAbsolutePath().normalize().toString()));
    }
  }

  /** Names of files and URLs hold nothing that Java would read as an escape. */
  private static String literal(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String source(Selection selection, List<String> rules, Conditions conditions) {
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
        .formatted(exchanges, attributes(selection, rules, conditions));
  }

  /** Captured text in a comment must neither end it nor be an escape. */
  private static String line(SelectedExchange exchange) {
    String text = exchange.id() + " " + exchange.method() + " " + exchange.maskedTarget();
    return " * " + text.replaceAll("[^A-Za-z0-9 /._~?=%:,;+\\[\\]{}()-]", "_").replace("*/", "__");
  }
}
