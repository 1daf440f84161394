// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads ids of containers off the names of their cgroups (cgroups(7)).
 *
 * <p><b>Threads:</b> stateless.
 */
public final class ContainerIds {
  /**
   * The folder of a container as Docker, containerd, CRI-O, Podman and the kubelet name it, with
   * systemd (NAME-ID.scope) or without (ID).
   */
  private static final Pattern FOLDER =
      Pattern.compile(
          "(?:(?:docker|libpod|cri-containerd|crio|nerdctl)-)?(\\p{XDigit}{64})(?:\\.scope)?");

  private ContainerIds() {}

  /** Returns the id of the container that a folder is of; empty when it is of none. */
  public static String ofFolder(String name) {
    Matcher matcher = FOLDER.matcher(name);
    return matcher.matches() ? matcher.group(1) : "";
  }

  /**
   * Returns the id of the innermost container on the path of a cgroup; empty when there is none.
   *
   * @param cgroup its path, as {@code /proc/PID/cgroup} has it
   */
  public static String innermost(String cgroup) {
    String innermost = "";
    for (String folder : cgroup.split("/", -1)) {
      String id = ofFolder(folder);
      innermost = id.isEmpty() ? innermost : id;
    }
    return innermost;
  }
}
