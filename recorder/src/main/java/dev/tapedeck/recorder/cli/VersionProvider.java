// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.HostKernel;
import dev.tapedeck.recorder.ProductVersion;
import dev.tapedeck.recorder.bpf.BpfFeatures;
import picocli.CommandLine.IVersionProvider;

/** Says which versions this runs with. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String libbpf = BpfFeatures.libraryVersion();
    HostKernel kernel = HostKernel.current();
    return new String[] {
      "recorder " + ProductVersion.current(),
      "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
      "libbpf " + (libbpf.isEmpty() ? "missing" : libbpf.replaceFirst("^v", "")),
      "kernel " + kernel.release() + " (" + kernel.architecture() + ")"
    };
  }
}
