// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.tapedeck.replayer.junit5.FlakyShop.Broken;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/**
 * What {@code replayer run --minimize} writes is compiled and run as users do: it fails against the
 * release that is broken and passes against one that is not.
 */
final class ReproducerRunsTest {
  private static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  @TempDir private Path directory;
  private Path capture;
  private Path folder;

  @BeforeEach
  void record() throws IOException {
    capture = directory.resolve("shop.tape");
    folder = directory.resolve("small");
    FlakyShop.record(capture);
  }

  @AfterEach
  void forgetTheTarget() {
    System.clearProperty("tapedeck.target");
  }

  @Test
  void reproducer_ofAWrongTotal_failsWhereItIsBrokenOnly() throws Exception {
    try (FlakyShop broken = FlakyShop.start(Broken.TOTAL, "1");
        FlakyShop good = FlakyShop.start(Broken.NOTHING, "1")) {
      String told = minimize(broken, "--pace", "max");

      assertThat(told).contains("2 of 24 exchanges are enough", "POST /login", "GET /account");
      // One answer alone no longer shows that the nonce is another one each time.
      assertThat(folder.resolve("found.yaml")).content().contains("$.nonce").doesNotContain("1111");
      Class<?> test = compiled();
      assertThat(failures(test, broken))
          .singleElement(InstanceOfAssertFactories.STRING)
          .contains("$.total", "100", "120")
          .doesNotContain("nonce");
      assertThat(failures(test, good)).isEmpty();
    }
  }

  /** The recorded answers are of an older release: everything differs from them. */
  @Test
  void reproducer_ofADifferenceFromTheBaseline_comparesWithItToo() throws Exception {
    try (FlakyShop broken = FlakyShop.start(Broken.TOTAL, "2");
        FlakyShop good = FlakyShop.start(Broken.NOTHING, "2")) {
      String told = minimize(broken, "--pace", "max", "--baseline", good.url());

      assertThat(told).contains("2 of 24 exchanges are enough", "POST /login", "GET /account");
      assertThat(folder.resolve("ReproducerTest.java"))
          .content()
          .contains("baseline = \"${tapedeck.baseline:" + good.url() + "}\"");
      Class<?> test = compiled();
      assertThat(failures(test, broken))
          .singleElement(InstanceOfAssertFactories.STRING)
          .contains("$.total", "120")
          .doesNotContain("nonce", "release");
      assertThat(failures(test, good)).isEmpty();
    }
  }

  /** The secret stays where it is, and is found whatever the working directory. */
  @Test
  void reproducer_withRulesThatNameAFile_runsFromAnywhere() throws Exception {
    Files.createDirectories(directory.resolve("rules"));
    Files.createDirectories(directory.resolve("secrets"));
    Files.writeString(directory.resolve("secrets/key.txt"), "key-of-now\n");
    Files.writeString(
        directory.resolve("rules/own.yaml"),
        "rewrite:\n  - {header: X-Api-Key, file: ../secrets/key.txt}\n");
    try (FlakyShop broken = FlakyShop.start(Broken.TOTAL, "1", "key-of-now");
        FlakyShop good = FlakyShop.start(Broken.NOTHING, "1", "key-of-now")) {
      minimize(broken, "--pace", "max", "--rules", "rules/own.yaml");

      assertThat(folder.resolve("rules.yaml"))
          .content()
          .contains("file: \"" + directory.toRealPath().resolve("secrets/key.txt") + "\"")
          .doesNotContain("key-of-now");
      Class<?> test = compiled();
      assertThat(failures(test, broken))
          .singleElement(InstanceOfAssertFactories.STRING)
          .contains("$.total", "120");
      assertThat(failures(test, good)).isEmpty();
    }
  }

  /** What else is slow on a busy machine is no part of this. */
  @Test
  void reproducer_ofASlowEndpoint_keepsAsManyAnswersAsItTakes() throws Exception {
    Files.writeString(
        directory.resolve("times.yaml"),
        "latency: [{endpoint: GET /report, add: 400ms}, {add: 60s, samples: 1000}]\n");
    try (FlakyShop broken = FlakyShop.start(Broken.SLOW_REPORTS, "1");
        FlakyShop good = FlakyShop.start(Broken.NOTHING, "1")) {
      String told = minimize(broken, "--rules", "times.yaml");

      assertThat(told).contains("8 of 24 exchanges are enough");
      assertThat(told.lines().filter(line -> line.startsWith("replayer:   ")))
          .filteredOn(line -> line.matches("replayer: {3}\\d.*"))
          .hasSize(8)
          .allMatch(line -> line.contains("GET /report?day="));
      Class<?> test = compiled();
      assertThat(failures(test, broken))
          .singleElement(InstanceOfAssertFactories.STRING)
          .contains("latency");
      assertThat(failures(test, good)).isEmpty();
    }
  }

  /** Runs the command line tool as a process, as the class path has it. */
  private String minimize(FlakyShop target, String... more) throws Exception {
    Path log = directory.resolve("log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", CLASS_PATH, "dev.tapedeck.replayer.cli.Main"));
    command.addAll(List.of("run", capture.toString(), "--target", target.url()));
    command.addAll(List.of("--allow-unsafe", "--minimize=" + folder));
    command.addAll(List.of(more));
    int ended =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    String told = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as(told).isEqualTo(1);
    return told;
  }

  private Class<?> compiled() throws Exception {
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                CLASS_PATH,
                "-proc:none",
                folder.resolve("ReproducerTest.java").toString());
    assertThat(status).isZero();
    URL[] path = {folder.toUri().toURL()};
    // Kept open for the test: resources are found through it.
    return new URLClassLoader(path, ReproducerRunsTest.class.getClassLoader())
        .loadClass("ReproducerTest");
  }

  /** Returns the messages of the invocations that failed; some ran. */
  private static List<String> failures(Class<?> test, FlakyShop target) {
    System.setProperty("tapedeck.target", target.url());
    var events = EngineTestKit.engine("junit-jupiter").selectors(selectClass(test)).execute();
    assertThat(events.testEvents().finished().count()).isPositive();
    assertThat(events.containerEvents().failed().count()).isZero();
    return events.testEvents().failed().stream().map(ReproducerRunsTest::message).toList();
  }

  private static String message(Event event) {
    return event
        .getRequiredPayload(TestExecutionResult.class)
        .getThrowable()
        .map(Throwable::getMessage)
        .orElse("");
  }
}
