// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's tracing file system, where it stands, or mounted where nobody else sees it.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class TraceFs implements AutoCloseable {
  private static final List<Path> MOUNTED =
      List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));

  /** Four fields of every event and the call's number come before the arguments. */
  private static final int FIELDS_BEFORE_ARGUMENTS = 5;

  /** What has a variable place is no argument: since 6.19 copies of what arguments point to. */
  private static final Pattern FIELD =
      Pattern.compile("^\\s*field:(?!__data_loc )", Pattern.MULTILINE);

  // asm-generic/unistd.h and asm/unistd_64.h agree on these; linux/mount.h.
  private static final long FSOPEN = 430;
  private static final long FSCONFIG = 431;
  private static final long FSMOUNT = 432;
  private static final long FSCONFIG_CMD_CREATE = 6;
  private static final long CLOSE_ON_EXEC = 1;

  private final LibraryHandle library;
  private final Path root;

  /** Of the private mount; -1 for none. */
  private int descriptor;

  private TraceFs(LibraryHandle library, Path root, int descriptor) {
    this.library = library;
    this.root = root;
    this.descriptor = descriptor;
  }

  /**
   * Finds it, or mounts it without a place in the file tree, so that it is gone when closed.
   *
   * @throws BpfException when it is not mounted and may not be
   */
  public static TraceFs open() throws BpfException {
    LibraryHandle library = LibraryHandle.load();
    for (Path place : MOUNTED) {
      if (Files.isDirectory(place.resolve("events"))) {
        return new TraceFs(library, place, -1);
      }
    }
    int descriptor = mount(library);
    return new TraceFs(library, Path.of("/proc/self/fd/" + descriptor), descriptor);
  }

  private static int mount(LibraryHandle library) throws BpfException {
    String what = "mount tracefs (nobody has: mount -t tracefs nodev /sys/kernel/tracing)";
    int context = library.call(FSOPEN, what, library.cString("tracefs"), CLOSE_ON_EXEC, 0L, 0L, 0L);
    try {
      library.call(FSCONFIG, what, (long) context, FSCONFIG_CMD_CREATE, 0L, 0L, 0L);
      return library.call(FSMOUNT, what, (long) context, CLOSE_ON_EXEC, 0L, 0L, 0L);
    } finally {
      library.libc().close(context);
    }
  }

  /** Returns whether there is an event. */
  public boolean has(String group, String event) {
    return Files.exists(root.resolve("events").resolve(group).resolve(event));
  }

  /**
   * Returns the number of an event.
   *
   * @throws BpfException when this kernel does not have it
   */
  public int eventId(String group, String event) throws BpfException {
    try {
      return Integer.parseInt(read(group, event, "id").trim());
    } catch (NumberFormatException e) {
      throw new BpfException("tracepoint " + group + "/" + event + " has no number", e);
    }
  }

  /**
   * Returns how many arguments the system call of an event {@code sys_enter_*} has.
   *
   * @throws BpfException when this kernel does not have it
   */
  public int argumentCount(String group, String event) throws BpfException {
    Matcher fields = FIELD.matcher(read(group, event, "format"));
    int count = 0;
    while (fields.find()) {
      count++;
    }
    return count - FIELDS_BEFORE_ARGUMENTS;
  }

  private String read(String group, String event, String file) throws BpfException {
    try {
      return Files.readString(root.resolve("events").resolve(group).resolve(event).resolve(file));
    } catch (IOException e) {
      throw new BpfException("this kernel has no tracepoint " + group + "/" + event, e);
    }
  }

  /** Unmounts it if it was mounted here; calling it twice is safe. */
  @Override
  public void close() {
    if (descriptor >= 0) {
      library.libc().close(descriptor);
      descriptor = -1;
    }
  }
}
