// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.format.Encryption;
import dev.tapedeck.recorder.bpf.RingBufferReader;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to record and within which bounds.
 *
 * @param pids processes to record, existing now
 * @param comms command names to record, of processes now and later
 * @param exes executables to record, real paths, of processes now and later
 * @param cgroups folders of cgroups (v2) whose processes to record, and those of the cgroups below
 * @param program file of a command that is started later and recorded; null when there is none
 * @param ports only sockets with one of these at either end; empty for all
 * @param sources where bytes are taken from
 * @param inherit whether what a target starts is a target
 * @param tree whether children that the targets have already are targets
 * @param hooks where in the kernel the bytes of sockets are taken
 * @param ringBytes size of the ring buffer: a power of two, 16 KiB to {@value
 *     RingBufferReader#MAX_SIZE_BYTES} bytes
 * @param limits how much of the traffic is kept, and what that may cost
 * @param commandLines whether argument lists of processes are stored, which may hold passwords
 * @param kernelTypes file with the kernel's BTF; null for the running kernel's own
 * @param files how the files are kept
 * @param encryption for whom they are encrypted; null when their owner may read them
 * @param redactor what masks secrets before they are written; null when bytes are written as they
 *     are. It is used by one recording
 */
public record RecorderOptions(
    Set<Integer> pids,
    Set<String> comms,
    Set<Path> exes,
    Set<Path> cgroups,
    @Nullable Path program,
    Set<Integer> ports,
    Set<Source> sources,
    boolean inherit,
    boolean tree,
    SocketHooks hooks,
    long ringBytes,
    RecordingLimits limits,
    boolean commandLines,
    @Nullable Path kernelTypes,
    FileOptions files,
    @Nullable Encryption encryption,
    @Nullable Redactor redactor) {
  /** Default size of the ring buffer. */
  public static final long DEFAULT_RING_BYTES = 32L << 20;

  private static final long MIN_RING_BYTES = 16 << 10;
  private static final int MAX_COMM_CHARS = 15;

  public RecorderOptions {
    pids = Set.copyOf(pids);
    comms = Set.copyOf(comms);
    exes = Set.copyOf(exes);
    cgroups = Set.copyOf(cgroups);
    ports = Set.copyOf(ports);
    sources = Set.copyOf(sources);
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("sources is empty");
    }
    if (!isRingSize(ringBytes)) {
      throw new IllegalArgumentException(
          "ringBytes=" + ringBytes + " is no power of two from 16 KiB to 512 MiB");
    }
    for (int port : ports) {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port=" + port);
      }
    }
  }

  /** Returns the size of the smallest ring; one page at least, and some have 64 KiB. */
  public static long minRingBytes() {
    return Math.max(MIN_RING_BYTES, RingBufferReader.pageBytes());
  }

  /** Returns whether the kernel takes a ring of this size, and the reader can map it. */
  public static boolean isRingSize(long bytes) {
    return Long.bitCount(bytes) == 1
        && bytes >= minRingBytes()
        && bytes <= RingBufferReader.MAX_SIZE_BYTES;
  }

  /** Up to this many processes, probes are bound to them and stand in nobody else's way. */
  static final int MAX_BOUND_PROCESSES = 64;

  /** Returns whether probes are bound to the processes, not to the libraries' files. */
  boolean bindsProbes() {
    return !pids.isEmpty()
        && pids.size() <= MAX_BOUND_PROCESSES
        && comms.isEmpty()
        && exes.isEmpty()
        && cgroups.isEmpty()
        && program == null;
  }

  /** Returns whether only some processes are recorded. */
  public boolean selectsProcesses() {
    return program != null
        || !pids.isEmpty()
        || !comms.isEmpty()
        || !exes.isEmpty()
        || !cgroups.isEmpty();
  }

  /**
   * Returns the command names that the kernel side looks for when a program is started: those asked
   * for, and those that the executables asked for give their processes.
   */
  Set<String> kernelComms() {
    Set<String> names = new LinkedHashSet<>();
    comms.forEach(comm -> names.add(shortened(comm)));
    exes.forEach(exe -> names.add(shortened(String.valueOf(exe.getFileName()))));
    return names;
  }

  /** The kernel keeps 15 bytes of a name (TASK_COMM_LEN). */
  static String shortened(String comm) {
    return comm.length() > MAX_COMM_CHARS ? comm.substring(0, MAX_COMM_CHARS) : comm;
  }

  /** Returns a builder with the defaults: everything is recorded. */
  public static Builder newBuilder() {
    return new Builder();
  }

  /** Collects options. Confined to one thread. */
  public static final class Builder {
    private Set<Integer> pids = Set.of();
    private Set<String> comms = Set.of();
    private Set<Path> exes = Set.of();
    private Set<Path> cgroups = Set.of();
    private @Nullable Path program;
    private Set<Integer> ports = Set.of();
    private Set<Source> sources = Set.of(Source.values());
    private boolean inherit = true;
    private boolean tree;
    private SocketHooks hooks = SocketHooks.AUTO;
    private long ringBytes = DEFAULT_RING_BYTES;
    private RecordingLimits limits = RecordingLimits.NONE;
    private boolean commandLines;
    private @Nullable Path kernelTypes;
    private FileOptions files = FileOptions.defaults();
    private @Nullable Encryption encryption;
    private @Nullable Redactor redactor;

    private Builder() {}

    public Builder pids(Set<Integer> pids) {
      this.pids = pids;
      return this;
    }

    public Builder comms(Set<String> comms) {
      this.comms = comms;
      return this;
    }

    public Builder exes(Set<Path> exes) {
      this.exes = exes;
      return this;
    }

    public Builder cgroups(Set<Path> cgroups) {
      this.cgroups = cgroups;
      return this;
    }

    public Builder program(@Nullable Path program) {
      this.program = program;
      return this;
    }

    public Builder ports(Set<Integer> ports) {
      this.ports = ports;
      return this;
    }

    public Builder sources(Set<Source> sources) {
      this.sources = sources;
      return this;
    }

    public Builder inherit(boolean inherit) {
      this.inherit = inherit;
      return this;
    }

    public Builder tree(boolean tree) {
      this.tree = tree;
      return this;
    }

    public Builder hooks(SocketHooks hooks) {
      this.hooks = hooks;
      return this;
    }

    public Builder ringBytes(long ringBytes) {
      this.ringBytes = ringBytes;
      return this;
    }

    public Builder limits(RecordingLimits limits) {
      this.limits = limits;
      return this;
    }

    public Builder commandLines(boolean commandLines) {
      this.commandLines = commandLines;
      return this;
    }

    public Builder kernelTypes(@Nullable Path kernelTypes) {
      this.kernelTypes = kernelTypes;
      return this;
    }

    public Builder files(FileOptions files) {
      this.files = files;
      return this;
    }

    public Builder encryption(@Nullable Encryption encryption) {
      this.encryption = encryption;
      return this;
    }

    public Builder redactor(@Nullable Redactor redactor) {
      this.redactor = redactor;
      return this;
    }

    /** Returns the options. */
    public RecorderOptions build() {
      return new RecorderOptions(
          pids,
          comms,
          exes,
          cgroups,
          program,
          ports,
          sources,
          inherit,
          tree,
          hooks,
          ringBytes,
          limits,
          commandLines,
          kernelTypes,
          files,
          encryption,
          redactor);
    }
  }
}
