// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Launcher, unit, image, DaemonSet and documents give the recorder the same capabilities. */
final class DeployTest {
  private static final Set<String> NEEDED =
      new TreeSet<>(
          Set.of("bpf", "perfmon", "sys_ptrace", "dac_read_search", "checkpoint_restore"));

  private static String read(String file) throws IOException {
    return Files.readString(Repository.ROOT.resolve(file));
  }

  /** Returns the capabilities in the text that a pattern's first group matches. */
  private static Set<String> capabilities(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return Arrays.stream(matcher.group(1).split("[^A-Za-z_]+"))
        .map(name -> name.toLowerCase(Locale.ROOT).replaceFirst("^cap_", ""))
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bin/lib/privileges.sh | capabilities=-all,(.*)$",
        "samples/deploy/systemd/tapedeck-recorder.service | ^CapabilityBoundingSet=(.*)$",
        "samples/deploy/systemd/tapedeck-recorder.service | ^AmbientCapabilities=(.*)$",
        "samples/deploy/kubernetes/daemonset.yaml | ^ +add: \\[(.*)\\]$",
      })
  void capabilities_everyWayToStartIt_areTheSame(String file, String pattern) throws Exception {
    assertThat(capabilities(read(file), pattern)).isEqualTo(NEEDED);
  }

  @Test
  void capabilities_ofTheContainersCommand_areTheSame() throws Exception {
    Set<String> added =
        Pattern.compile("--cap-add=(\\w+)")
            .matcher(read("samples/deploy/README.md"))
            .results()
            .map(match -> match.group(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(added).isEqualTo(NEEDED);
  }

  @Test
  void capabilities_eachOne_isExplained() throws Exception {
    String security = read("docs/SECURITY.md");

    assertThat(NEEDED)
        .allSatisfy(
            name -> assertThat(security).contains("| `CAP_" + name.toUpperCase(Locale.ROOT) + "`"));
  }
}
