// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkloadTest {
  @TempDir Path folder;

  private Path script(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void find_nameInSearchPath_isThatFile() throws Exception {
    Path tool = script("tool", "x");

    assertThat(Workload.find("tool", "/nowhere:" + folder)).contains(tool);
    assertThat(Workload.find("tool", "/nowhere")).isEmpty();
    assertThat(Workload.find(tool.toString(), "")).contains(tool);
  }

  @Test
  void find_fileThatIsNoProgram_isNotFound() throws Exception {
    Files.writeString(folder.resolve("text"), "x");

    assertThat(Workload.find("text", folder.toString())).isEmpty();
    assertThat(Workload.find(folder.toString(), "")).isEmpty();
  }

  @Test
  void program_script_isItsInterpreter() throws Exception {
    Path interpreter = script("interpreter", "binary");
    Path direct = script("direct", "#!" + interpreter + " -u\nprint()\n");
    Path byEnv = script("by-env", "#!/usr/bin/env interpreter\n");
    Path nested = script("nested", "#! " + direct + "\n");

    for (Path file : new Path[] {direct, byEnv, nested, interpreter}) {
      assertThat(Workload.program(file, folder.toString())).isEqualTo(interpreter.toRealPath());
    }
  }

  @Test
  void program_scriptThatIsItsOwnInterpreter_ends() throws Exception {
    Path circle = script("circle", "#!" + folder.resolve("circle") + "\n");

    assertThat(Workload.program(circle, "")).isEqualTo(circle.toRealPath());
  }
}
