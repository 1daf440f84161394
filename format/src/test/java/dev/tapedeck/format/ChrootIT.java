// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer in a chroot, as in many containers and build hosts: the mount that its folder is on is
 * not listed there, and asking for the free space must not fail for that.
 */
class ChrootIT {
  private static final int BLOCKS = 5;

  @TempDir Path folder;

  @Test
  void write_folderIsOnNoListedMount_works() throws IOException, InterruptedException {
    assumeThat(System.getProperty("user.name")).as("chroot needs root").isEqualTo("root");
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectories(root.resolve("out"));
    Files.createDirectories(root.resolve("tmp"));

    List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-ec", script()));
    command.add(root.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.matches("\\d+"))).hasSize(BLOCKS);
    try (CaptureReader reader =
        CaptureReader.open(root.resolve("out/a.tape.partial"), ReaderOptions.defaults())) {
      assertThat(reader.summary().events()).isEqualTo((long) BLOCKS * KilledWriter.BLOCK_EVENTS);
    }
  }

  /** The mounts are made in a namespace of their own, and end with the process. */
  private static String script() {
    Set<String> needed =
        new LinkedHashSet<>(List.of("/usr", "/lib", "/lib64", "/etc", "/proc", "/dev"));
    needed.add(System.getProperty("java.home"));
    StringBuilder script = new StringBuilder("mount --make-rprivate /\n");
    for (String path : needed) {
      script.append(bind(path));
    }
    String classPath = System.getProperty("java.class.path");
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      if (Files.exists(Path.of(entry))) {
        script.append(bind(Path.of(entry).toAbsolutePath().toString()));
      }
    }
    return script
        + "exec chroot \"$0\" "
        + Path.of(System.getProperty("java.home"), "bin", "java")
        + " -XX:TieredStopAtLevel=1 -cp "
        + classPath
        + " "
        + KilledWriter.class.getName()
        + " /out/a.tape "
        + BLOCKS
        + "\n";
  }

  private static String bind(String path) {
    if (Files.isDirectory(Path.of(path))) {
      return "if [ -d %1$s ]; then mkdir -p \"$0\"%1$s; mount --rbind %1$s \"$0\"%1$s; fi\n"
          .formatted(path);
    }
    return "mkdir -p \"$0\"%1$s; touch \"$0\"%2$s; mount --bind %2$s \"$0\"%2$s\n"
        .formatted(Path.of(path).getParent(), path);
  }
}
