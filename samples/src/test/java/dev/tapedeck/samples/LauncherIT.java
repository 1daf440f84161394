// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launchers in {@code bin/}, from a build and from an unpacked distribution. */
final class LauncherIT {
  private static final Path BUILT = Repository.ROOT.resolve("bin/target/tapedeck");
  private static final String SAMPLE =
      Repository.CAPTURES.resolve("simple-get/capture.tape").toString();

  @TempDir Path folder;
  @TempDir Path outputFolder;

  static List<Path> javaHomes() throws IOException {
    try (Stream<Path> found = Files.list(Path.of("/usr/lib/jvm"))) {
      return found
          .filter(home -> !Files.isSymbolicLink(home))
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void version_everyInstalledJava_printsNothingElse(Path javaHome) throws Exception {
    for (String tool : List.of("recorder", "analyzer", "replayer")) {
      var result = run("env", "JAVA_HOME=" + javaHome, Repository.launcher(tool), "--version");

      assertThat(result.errors()).as("%s on %s", tool, javaHome).isEmpty();
      assertThat(result.exitCode()).isZero();
      assertThat(result.output()).startsWith(tool).contains("Java");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"recorder", "analyzer", "replayer"})
  void launch_withoutBuild_saysSoInOneLine(String tool) throws Exception {
    run("cp", "-r", Repository.ROOT.resolve("bin/lib").toString(), folder.toString());
    Path copy = Files.copy(Path.of(Repository.launcher(tool)), folder.resolve(tool));
    // A launcher beside a folder lib/ belongs to a distribution; this one must look like a
    // checkout.
    Path bin = Files.createDirectories(folder.resolve("checkout/bin"));
    Files.move(folder.resolve("lib"), bin.resolve("lib"));
    Files.move(copy, bin.resolve(tool));

    var result = run("sh", bin.resolve(tool).toString(), "--version");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.errors().lines()).singleElement().asString().contains("not built yet");
  }

  @Test
  void launch_oldJavaHome_takesNewerJava() throws Exception {
    Path old = Files.createDirectories(folder.resolve("old/bin"));
    Files.writeString(folder.resolve("old/release"), "JAVA_VERSION=\"11.0.2\"\n");
    Files.writeString(old.resolve("java"), "#!/bin/sh\nexit 99\n");
    run("chmod", "755", old.resolve("java").toString());

    var result =
        run("env", "JAVA_HOME=" + old.getParent(), Repository.launcher("analyzer"), "--version");

    assertThat(result.exitCode()).isZero();
  }

  /** As in {@code recorder record ... & kill -INT $!} of a script. */
  @Test
  void launch_interruptIgnored_isNotIgnoredByJava() throws Exception {
    Path home = Files.createDirectories(folder.resolve("home/bin"));
    Files.writeString(folder.resolve("home/release"), "JAVA_VERSION=\"17.0.2\"\n");
    Files.writeString(home.resolve("java"), "#!/bin/sh\nkill -INT $$\necho ignored\n");
    run("chmod", "755", home.resolve("java").toString());

    var result =
        run(
            "env",
            "TAPEDECK_JAVA_HOME=" + home.getParent(),
            "sh",
            "-c",
            "trap '' INT; \"$0\" --version; echo ended $?",
            Repository.launcher("analyzer"));

    assertThat(result.output()).isEqualTo("ended 130\n");
  }

  @Test
  void launch_throughSymbolicLink_findsItsJars() throws Exception {
    Path link =
        Files.createSymbolicLink(
            folder.resolve("analyzer"), Path.of(Repository.launcher("analyzer")));

    assertThat(run(link.toString(), "--version").exitCode()).isZero();
  }

  @Test
  void exchanges_temporaryFolderWithoutExec_stillDecompresses() throws Exception {
    withoutExec("exchanges", SAMPLE);
  }

  /** So nothing of 70 MB is there either when a query is killed. */
  @Test
  void query_temporaryFolderWithoutExec_takesItsDatabaseFromTheBuild() throws Exception {
    withoutExec("query", SAMPLE, "SELECT count(*) FROM exchanges");
  }

  private void withoutExec(String... arguments) throws Exception {
    assumeThat(canMakeMountNamespace()).as("unshare -m works: needs CAP_SYS_ADMIN").isTrue();
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "TMPDIR=" + folder,
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount -t tmpfs -o noexec,size=1m none \"$TMPDIR\" && exec \"$0\" \"$@\"",
                Repository.launcher("analyzer")));
    command.addAll(List.of(arguments));

    var result = run(command.toArray(String[]::new));

    assertThat(result.errors()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"recorder", "analyzer", "replayer"})
  void completion_builtScript_parsesAndNamesTheTool(String tool) throws Exception {
    Path script = BUILT.resolve("completion").resolve(tool);

    assertThat(run("bash", "-n", script.toString()).exitCode()).isZero();
    assertThat(Files.readString(script)).contains("complete -F _complete_" + tool);
  }

  @Test
  void archive_unpacked_startsItsTools() throws Exception {
    Path archive;
    try (Stream<Path> files = Files.list(Repository.ROOT.resolve("bin/target"))) {
      archive = files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
    assertThat(run("tar", "-xzf", archive.toString(), "-C", folder.toString()).exitCode()).isZero();
    Path unpacked;
    try (Stream<Path> files = Files.list(folder)) {
      unpacked = files.filter(Files::isDirectory).findFirst().orElseThrow();
    }

    assertThat(unpacked.resolve("LICENSE")).exists();
    assertThat(unpacked.resolve("README.md")).exists();
    for (String tool : List.of("recorder", "analyzer", "replayer")) {
      var result = run(unpacked.resolve("bin").resolve(tool).toString(), "--version");
      assertThat(result.errors()).isEmpty();
      assertThat(result.exitCode()).isZero();
      assertThat(unpacked.resolve("completion").resolve(tool)).exists();
    }
  }

  private boolean canMakeMountNamespace() throws Exception {
    boolean works = run("unshare", "-m", "true").exitCode() == 0;
    if (!works && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("CI must run this test, but unshare -m does not work");
    }
    return works;
  }

  private RunningProgram.Result run(String... command) throws Exception {
    return RunningProgram.run(outputFolder, "command", List.of(command));
  }
}
