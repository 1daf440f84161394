// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContainerIdsTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String INNER = "0123" + "f".repeat(60);

  @ParameterizedTest
  @ValueSource(
      strings = {"docker-%s.scope", "libpod-%s.scope", "cri-containerd-%s.scope", "crio-%s.scope"})
  void ofFolder_namesOfAllRuntimes_isRead(String name) {
    assertThat(ContainerIds.ofFolder(name.formatted(ID))).isEqualTo(ID);
    assertThat(ContainerIds.ofFolder(ID)).isEqualTo(ID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"crio-conmon-%s.scope", "%s0", "nginx.service", ""})
  void ofFolder_otherNames_isEmpty(String name) {
    assertThat(ContainerIds.ofFolder(name.formatted(ID))).isEmpty();
  }

  @Test
  void innermost_containerInContainer_isTheInnerOne() {
    String path = "/kubepods.slice/pod1/cri-containerd-" + ID + ".scope/docker/" + INNER + "/init";
    assertThat(ContainerIds.innermost(path)).isEqualTo(INNER);
    assertThat(ContainerIds.innermost("/system.slice/nginx.service")).isEmpty();
    assertThat(ContainerIds.innermost("")).isEmpty();
  }
}
