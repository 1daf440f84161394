// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides for {@link RequiresBpf}. */
final class RequiresBpfCondition implements ExecutionCondition {
  // include/uapi/linux/capability.h
  private static final int CAP_SYS_ADMIN = 21;
  private static final int CAP_PERFMON = 38;
  private static final int CAP_BPF = 39;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> missing = missing();
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("eBPF can be used");
    }
    if ("true".equals(System.getenv("CI"))) {
      throw new IllegalStateException("CI must run the eBPF tests, but " + missing.get());
    }
    return ConditionEvaluationResult.disabled(missing.get());
  }

  private static Optional<String> missing() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.of("eBPF needs Linux, this is " + System.getProperty("os.name"));
    }
    if (!Files.isReadable(Path.of("/sys/kernel/btf/vmlinux"))) {
      return Optional.of("the kernel has no BTF: /sys/kernel/btf/vmlinux cannot be read");
    }
    long capabilities = effectiveCapabilities();
    boolean admin = has(capabilities, CAP_SYS_ADMIN);
    if (!admin && !(has(capabilities, CAP_BPF) && has(capabilities, CAP_PERFMON))) {
      return Optional.of("CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN) are missing: run as root");
    }
    return Optional.empty();
  }

  private static boolean has(long capabilities, int capability) {
    return (capabilities >>> capability & 1) == 1;
  }

  private static long effectiveCapabilities() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
          .findFirst()
          .orElse(0L);
    } catch (IOException e) {
      throw new UncheckedIOException("reading /proc/self/status", e);
    }
  }
}
