// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Whether the running kernel preempts tasks while they are in the kernel, and so inside of the
 * programs that it lets be preempted: its models {@code full} and {@code lazy} do, {@code none} and
 * {@code voluntary} do not (kernel/Kconfig.preempt). What cannot be told counts as if it did.
 *
 * <p><b>Threads:</b> safe for use by many.
 */
final class KernelPreemption {
  /** How Linux 5.12 and later may choose at boot or later: kernel/sched/debug.c. */
  private static final String CHOSEN = "sys/kernel/debug/sched/preempt";

  private static final Pattern CHOSEN_MODEL = Pattern.compile("\\((\\w+)\\)");
  private static final Pattern BOOT_MODEL = Pattern.compile("(?:^|\\s)preempt=(\\w+)");
  private static final Pattern BUILT_MODEL =
      Pattern.compile("^CONFIG_PREEMPT(?:_(NONE|VOLUNTARY|LAZY))?=y$", Pattern.MULTILINE);

  private static final int TEXT_BYTES_MAX = 1 << 20;

  private final Path root;
  private final HostKernel kernel;

  /**
   * Looks below a folder.
   *
   * @param root the folder of the file system: / but in tests
   */
  KernelPreemption(HostKernel kernel, Path root) {
    this.kernel = kernel;
    this.root = root;
  }

  /** Returns whether a task may be preempted in the kernel, or that cannot be told. */
  boolean isPossible() {
    // The kernel's banner, as `uname -v`: init/version-timestamp.c and scripts/mkcompile_h.
    String banner = text("proc/version").orElse("PREEMPT");
    if (!banner.contains("PREEMPT")) {
      return false;
    }
    if (!banner.contains("PREEMPT_DYNAMIC")) {
      return true;
    }
    return model().map(KernelPreemption::preempts).orElse(true);
  }

  /** The model of a kernel that can change it: what holds now, what was asked for, the default. */
  private Optional<String> model() {
    return text(CHOSEN)
        .flatMap(text -> first(CHOSEN_MODEL, text))
        .or(() -> text("proc/cmdline").flatMap(text -> first(BOOT_MODEL, text)))
        .or(this::builtModel);
  }

  private static boolean preempts(String model) {
    return !model.equals("none") && !model.equals("voluntary");
  }

  private Optional<String> builtModel() {
    for (String file :
        List.of(
            "proc/config.gz",
            "boot/config-" + kernel.release(),
            "lib/modules/" + kernel.release() + "/config")) {
      Matcher matcher = BUILT_MODEL.matcher(text(file).orElse(""));
      if (matcher.find()) {
        String model = matcher.group(1);
        return Optional.of(model == null ? "full" : model.toLowerCase(Locale.ROOT));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private Optional<String> text(String file) {
    try (InputStream raw = Files.newInputStream(root.resolve(file));
        InputStream in = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return Optional.of(new String(in.readNBytes(TEXT_BYTES_MAX), StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Not there, or not for us to read: the next place is asked.
      return Optional.empty();
    }
  }
}
