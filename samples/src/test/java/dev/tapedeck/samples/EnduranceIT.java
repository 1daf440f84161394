// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the recorder must stand and its targets must not notice, in the short form: {@code make
 * soak} and {@code make attach} do the same for as long as one likes.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class EnduranceIT {
  @Test
  void firstRequest_ofShortLivedPrograms_isRecordedWhole(Path directory) throws Exception {
    endure(directory, "first-request", "--times", "10");
  }

  @Test
  void manyProcesses_startedAndEnded_leaveNothingBehind(Path directory) throws Exception {
    endure(directory, "soak", "--times", "40");
  }

  @Test
  void newLibrary_neverSeenBefore_isRecordedOrStatedAsLate(Path directory) throws Exception {
    endure(directory, "new-library", "--times", "5");
  }

  @Test
  void load_withAndWithoutRecorder_givesEqualDigests(Path directory) throws Exception {
    endure(directory, "same-load");
  }

  @Test
  void load_whileRecordersComeAndGo_isNotHarmed(Path directory) throws Exception {
    endure(directory, "attach", "--times", "6");
  }

  @Test
  void kill9_underLoad_leavesNoProbeBehind(Path directory) throws Exception {
    endure(directory, "kill");
  }

  @Test
  void smallRing_capturedAndLostBytes_areAllThatWereProduced(Path directory) throws Exception {
    endure(directory, "rings", "--ring", "128KiB");
  }

  private static void endure(Path directory, String name, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Repository.ROOT.resolve("samples/matrix/endure").toString());
    command.add(name);
    command.addAll(List.of(options));
    command.addAll(List.of("--work", directory.resolve("endurance").toString()));
    RunningProgram.Result result = RunningProgram.run(directory, name, command);
    assertThat(result.exitCode()).as(result.output() + result.errors()).isZero();
  }
}
