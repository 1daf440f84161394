// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FileIdentityTest {
  @ParameterizedTest
  @CsvSource({"8, 1, 08:01", "0, 29, 00:1d", "259, 70000, 103:11170", "4095, 1048575, fff:fffff"})
  void ofKernel_deviceNumber_isTheOneOfProc(int major, int minor, String text) {
    assertThat(FileIdentity.ofKernel(major << 20 | minor, 7).deviceText()).isEqualTo(text);
  }

  @Test
  void ofKernel_deviceOfAFile_isTheSameAsByItsPath(@TempDir Path folder) throws Exception {
    FileIdentity file = FileIdentity.of(Files.createFile(folder.resolve("file")));
    String[] device = file.deviceText().split(":", 2);
    int kernels = Integer.parseInt(device[0], 16) << 20 | Integer.parseInt(device[1], 16);
    assertThat(FileIdentity.ofKernel(kernels, file.inode())).isEqualTo(file);
  }
}
