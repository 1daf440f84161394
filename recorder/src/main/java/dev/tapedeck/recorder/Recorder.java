// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.Codec;
import dev.tapedeck.format.EventStage;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.WriterOptions;
import dev.tapedeck.format.WriterStats;
import dev.tapedeck.recorder.ControlLayout.Target;
import dev.tapedeck.recorder.KernelSide.LossCount;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.RingBufferReader;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records what processes of this host say to each other into a capture.
 *
 * <p><b>Lifecycle:</b> {@link #open} loads the kernel side; {@link #attach} attaches it, from then
 * on events wait in the ring; {@link #record} drains the ring into a file until it is told to stop,
 * detaches and completes the file; {@link #close}. Whatever fails, {@code close} leaves nothing
 * behind in the kernel.
 *
 * <p><b>Threads:</b> confined to one thread; while recording, a second one looks for new processes,
 * and a third makes files durable and completes them.
 */
public final class Recorder implements AutoCloseable {
  /**
   * While there is much traffic, a block holds half a second or 4 MiB: where a service repeats
   * itself, it is several times smaller on the disk then.
   */
  private static final Duration BLOCK_SPAN = Duration.ofMillis(500);

  private static final int POLL_MILLIS = 20;
  private static final int BATCH_RECORDS = 1024;

  /** At most 2 MiB: some milliseconds. */
  private static final int HELD_BACK_RECORDS = 64;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long CLOCK_NANOS = 10 * NANOS_PER_SECOND;

  /**
   * A program may be held up between reading the clock and committing its record, and ends that
   * found no room in the ring come a second later.
   */
  private static final long WATERMARK_SLACK_NANOS = 3 * NANOS_PER_SECOND;

  private static final long DETACH_TIMEOUT_MILLIS = 30_000;

  private final RecorderOptions options;
  private final ProcFs proc;
  private final HostClock clock;
  private final HostIdentity host;
  private final KernelSide kernel;
  private final RingBufferReader ring;
  private final Discovery discovery;
  private final SeccompHazard.Verdict hazard;
  private final LossReporter losses;
  private final BlindSpots blindSpots;
  private final Thread warmUp;
  private @Nullable Thread discoveryThread;
  private long clockSequence;
  private String firstFileId = "";
  private @Nullable CpuBudget budget;
  private long shedNanos;

  private Recorder(
      RecorderOptions options,
      ProcFs proc,
      HostClock clock,
      HostIdentity host,
      KernelSide kernel,
      RingBufferReader ring,
      Discovery discovery,
      SeccompHazard.Verdict hazard,
      Thread warmUp) {
    this.options = options;
    this.proc = proc;
    this.clock = clock;
    this.host = host;
    this.kernel = kernel;
    this.ring = ring;
    this.warmUp = warmUp;
    this.discovery = discovery;
    this.hazard = hazard;
    this.losses = new LossReporter(host.hostId());
    this.blindSpots = new BlindSpots(kernel, host.hostId());
  }

  /**
   * Loads the kernel side.
   *
   * @param options what to record
   * @param warnings takes a line for each thing that fails and does not end the recording; called
   *     from other threads too
   * @throws BpfException when libbpf is missing, or the kernel refuses
   */
  public static Recorder open(RecorderOptions options, Consumer<String> warnings)
      throws BpfException {
    Thread warmUp = new Thread(new WarmUp(options.encryption()), "tapedeck-warm-up");
    warmUp.setDaemon(true);
    warmUp.start();
    ProcFs proc = new ProcFs(Path.of("/proc"));
    HostClock clock = HostClock.system();
    KernelSide kernel = KernelSide.load(options, (int) ProcessHandle.current().pid());
    String shortfall =
        new HookProbe(HostKernel.current(), options.kernelTypes()).shortfall(kernel.hooks());
    if (!shortfall.isEmpty()) {
      warnings.accept("--hooks " + kernel.hooks() + ": " + shortfall + ", and counts them");
    }
    Discovery discovery = null;
    try {
      HostIdentity host = HostIdentity.read(proc);
      SeccompHazard.Verdict hazard =
          SeccompHazard.test(kernel, HostKernel.current().architecture());
      discovery = new Discovery(options, kernel, proc, clock, host.hostId(), hazard, warnings);
      return new Recorder(
          options, proc, clock, host, kernel, kernel.openRing(), discovery, hazard, warmUp);
    } catch (BpfException e) {
      if (discovery != null) {
        discovery.close();
      }
      kernel.close();
      throw e;
    }
  }

  /**
   * Attaches to everything there is. On return, what targets do is recorded.
   *
   * @throws BpfException when the kernel refuses
   * @throws IOException when the processes cannot be listed
   */
  public void attach() throws BpfException, IOException {
    kernel.attachTracepoints();
    discovery.attachExisting();
    Thread thread = new Thread(discovery, "tapedeck-discovery");
    thread.setDaemon(true);
    thread.start();
    discoveryThread = thread;
  }

  /**
   * Makes a further process a target.
   *
   * @throws BpfException when the kernel refuses
   */
  public void addTarget(int pid) throws BpfException {
    kernel.addTarget(pid, Target.SET);
  }

  /** Begins a capture; a recording with rotation has many. */
  private CaptureWriter newWriter(Path file, int number) throws IOException {
    Bytes fileId = newFileId();
    if (number == 1) {
      firstFileId = fileId.toString();
    }
    CaptureWriter writer =
        CaptureWriter.create(
            file,
            header(fileId, number),
            WriterOptions.newBuilder()
                .codec(Codec.ADAPTIVE)
                .blockSpan(BLOCK_SPAN)
                .encryption(options.encryption())
                .build());
    writer.followBacklog(() -> (double) ring.unreadBytes() / ring.sizeBytes());
    return writer;
  }

  private static Bytes newFileId() {
    byte[] fileId = new byte[CaptureHeader.FILE_ID_BYTES];
    new SecureRandom().nextBytes(fileId);
    return Bytes.copyOf(fileId);
  }

  /** Returns what a capture made now says about itself. */
  private CaptureHeader header(Bytes fileId, int number) {
    Map<String, String> attributes = attributes();
    if (options.files().rotation() != null) {
      attributes.put("rotation.first_file_id", firstFileId);
      attributes.put("rotation.number", Integer.toString(number));
    }
    HostKernel running = HostKernel.current();
    return CaptureHeader.newBuilder()
        .fileId(fileId)
        .hostId(host.hostId())
        .hostName(host.hostName())
        .architecture(running.architecture())
        .kernelRelease(running.release())
        .producer("tapedeck-recorder " + ProductVersion.current())
        .createdRealNanos(clock.realNanos())
        .attributes(attributes)
        .build();
  }

  private Map<String, String> attributes() {
    Map<String, String> attributes = new HashMap<>();
    attributes.put("hooks.sockets", kernel.hooks().label());
    long copies = kernel.loadedPrograms().stream().filter(ProgramCopies::isCopy).count();
    if (copies > 0) {
      attributes.put("hooks.copies", Long.toString(copies));
    }
    attributes.put("hooks.tls", discovery.isBound() ? "uprobe-pid" : "uprobe");
    attributes.put("hooks.uprobes", kernel.uprobeLinks().label());
    attributes.put("hazard.return_probes", hazard.label());
    attributes.put("sources", names(options.sources()));
    attributes.put("ring_bytes", Long.toString(options.ringBytes()));
    attributes.put("libbpf", KernelSide.libraryVersion());
    putFilter(attributes, "filter.pid", options.pids());
    putFilter(attributes, "filter.comm", options.comms());
    putFilter(attributes, "filter.exe", options.exes());
    putFilter(attributes, "filter.cgroup", options.cgroups());
    putFilter(attributes, "filter.port", options.ports());
    if (options.program() != null) {
      attributes.put("filter.command", "true");
    }
    if (options.selectsProcesses()) {
      attributes.put("filter.inherit", Boolean.toString(options.inherit()));
    }
    attributes.putAll(options.limits().attributes());
    if (options.redactor() != null) {
      attributes.put(Redactor.ATTRIBUTE, options.redactor().describe());
    }
    return attributes;
  }

  private static void putFilter(
      Map<String, String> attributes, String name, java.util.Set<?> values) {
    if (!values.isEmpty()) {
      attributes.put(name, names(values));
    }
  }

  private static String names(java.util.Set<?> values) {
    return values.stream()
        .map(value -> value instanceof Source source ? source.label() : String.valueOf(value))
        .sorted()
        .collect(Collectors.joining(","));
  }

  /**
   * Records until told to stop, then detaches and completes the file.
   *
   * @param file the capture; with rotation, what the captures are named after: {@code
   *     NAME-20260203T040506Z-0001.tape} and so on
   * @param started called when everything is attached and the file is open
   * @param stop asked several times a second
   * @return what was recorded
   * @throws RecordingFailedException when something could not be written, be it that the recording
   *     ended or went on; it says what is kept
   * @throws IOException when the file cannot be made
   * @throws BpfException when the kernel refuses something that must work
   */
  public RecorderStats record(Path file, RecordingStarted started, StopCondition stop)
      throws IOException, BpfException {
    CaptureFiles files = CaptureFiles.open(file, options.files(), new NewFiles());
    ProcessKeys keys = new ProcessKeys(host.hostId());
    EventRecorder recorder =
        new EventRecorder(files, new Programs(proc, options.commandLines()), keys, discovery);
    RecordDecoder decoder = new RecordDecoder(keys, recorder);
    IOException failure = null;
    try (files) {
      try {
        recorder.accept(readClocks());
        writeDiscovered(recorder);
        awaitWarmUp();
        started.started();
        drainUntil(stop, files, recorder, decoder);
        drainLast(recorder, decoder);
      } catch (IOException e) {
        failure = e;
        recorder.discardFromNowOn();
        drainLast(recorder, decoder);
        recorder.stateDiscarded(clock.monotonicNanos());
      }
      writeEnds(recorder, decoder);
    } catch (IOException e) {
      throw new RecordingFailedException(failure == null ? e : failure, stats(files, recorder));
    }
    failure = failure == null ? files.failure() : failure;
    if (failure != null) {
      throw new RecordingFailedException(failure, stats(files, recorder));
    }
    return stats(files, recorder);
  }

  private ClockEvent readClocks() {
    return clock.read(host.hostId(), clockSequence++);
  }

  /** Makes the files of this recording. */
  private final class NewFiles implements CaptureFiles.FileSource {
    @Override
    public CaptureWriter newWriter(Path file, int number) throws IOException {
      return Recorder.this.newWriter(file, number);
    }

    @Override
    public ClockEvent readClocks() {
      return Recorder.this.readClocks();
    }

    @Override
    public @Nullable EventStage stage() {
      return options.redactor();
    }
  }

  /** Told when the recording runs. */
  @FunctionalInterface
  public interface RecordingStarted {
    /**
     * Everything is attached and the file is open.
     *
     * @throws IOException to give up
     * @throws BpfException to give up
     */
    void started() throws IOException, BpfException;
  }

  private void awaitWarmUp() {
    try {
      warmUp.join();
    } catch (InterruptedException e) {
      // Whoever interrupts wants an end: a cold recording ends as well as a warm one.
      Thread.currentThread().interrupt();
    }
  }

  private void drainUntil(
      StopCondition stop, CaptureFiles files, EventRecorder recorder, RecordDecoder decoder)
      throws IOException, BpfException {
    long nextClock = clock.monotonicNanos() + CLOCK_NANOS;
    long wakeupBytes = KernelSide.wakeupBytes(options.ringBytes());
    CpuBudget limit = newBudget();
    budget = limit;
    OverrunPace pace = options.limits().takesAnyCpu() ? null : new OverrunPace(proc.onlineCpus());
    OverrunPace.Load load = newLoad();
    while (!stop.reached(progress(files, recorder)) && !discovery.allBoundEnded()) {
      ring.await(wakeupBytes, POLL_MILLIS);
      long before = clock.monotonicNanos();
      double fill = (double) ring.unreadBytes() / ring.sizeBytes();
      int batch = pace != null && pace.isHeldBack() ? HELD_BACK_RECORDS : BATCH_RECORDS;
      int records = ring.drain(decoder, batch);
      writeDiscovered(recorder);
      if (records < batch) {
        files.watermark(before - WATERMARK_SLACK_NANOS);
      }
      long now = clock.monotonicNanos();
      files.tick(now);
      if (limit != null && limit.tick(now, clock.processCpuNanos(), ring.readBytes())) {
        reportLosses(recorder, decoder);
        recorder.accept(losses.mark(LossEvent.Cause.SHED, limit.level().number(), now));
      }
      if (now >= nextClock) {
        nextClock = now + CLOCK_NANOS;
        recorder.accept(readClocks());
        reportLosses(recorder, decoder);
      }
      if (pace != null) {
        yieldAsTold(pace, fill, load, recorder, decoder);
      }
    }
  }

  /** Leaves the ring alone for as long as the host needs it; where that begins or ends, says so. */
  private void yieldAsTold(
      OverrunPace pace,
      double fill,
      OverrunPace.Load load,
      EventRecorder recorder,
      RecordDecoder decoder)
      throws IOException, BpfException {
    long now = clock.monotonicNanos();
    OverrunPace.Reason before = pace.reason();
    long pauseNanos = pace.pauseNanos(now, clock.processCpuNanos(), fill, ring.readBytes(), load);
    if (pace.reason() != before) {
      reportLosses(recorder, decoder);
      recorder.accept(losses.mark(LossEvent.Cause.RING_FULL, pace.reason() == null ? 0 : 1, now));
    }
    if (pauseNanos > 0) {
      LockSupport.parkNanos(pauseNanos);
    }
  }

  private OverrunPace.Load newLoad() {
    return new OverrunPace.Load() {
      @Override
      public double idleCpuSeconds() {
        return proc.idleCpuSeconds();
      }

      @Override
      public long lostBytes() throws BpfException {
        return kernel.lostForWantOfRoom();
      }
    };
  }

  private @Nullable CpuBudget newBudget() {
    RecordingLimits limits = options.limits();
    return limits.boundsCpu()
        ? new CpuBudget(
            kernel,
            new CpuGovernor(limits.cpuPercent(), clock.monotonicNanos(), clock.processCpuNanos()))
        : null;
  }

  private void writeDiscovered(EventRecorder recorder) throws IOException {
    for (CaptureEvent event = discovery.takeEvent(); event != null; event = discovery.takeEvent()) {
      recorder.accept(event);
    }
  }

  private void reportLosses(EventRecorder recorder, RecordDecoder decoder)
      throws IOException, BpfException {
    Map<LossEvent.Cause, LossCount> counts = new EnumMap<>(LossEvent.Cause.class);
    counts.putAll(kernel.losses());
    counts.merge(
        LossEvent.Cause.UNKNOWN,
        new LossCount(decoder.malformed(), 0),
        (a, b) -> a.plus(b.events(), b.bytes()));
    for (LossEvent event : losses.report(counts, clock.monotonicNanos())) {
      recorder.accept(event);
    }
    for (CaptureEvent event : blindSpots.take(clock.monotonicNanos())) {
      recorder.accept(event);
    }
  }

  /** Detaches while the ring is still drained, until nothing more can come. */
  private void drainLast(EventRecorder recorder, RecordDecoder decoder)
      throws IOException, BpfException {
    discovery.stop();
    Thread thread = discoveryThread;
    long giveUp = clock.monotonicNanos() + DETACH_TIMEOUT_MILLIS * 1_000_000;
    while (thread != null && thread.isAlive() && clock.monotonicNanos() < giveUp) {
      ring.await(1, 1);
      ring.drain(decoder, BATCH_RECORDS);
    }
    // Ends of Unix sockets come through the ring, so this is before it is read for the last time.
    kernel.sweepSockets();
    kernel.detachTracepoints();
    int records;
    do {
      records = ring.drain(decoder, BATCH_RECORDS);
    } while (records > 0);
    writeDiscovered(recorder);
  }

  /** Writes how every stream stands, and what was lost. */
  private void writeEnds(EventRecorder recorder, RecordDecoder decoder)
      throws IOException, BpfException {
    StreamTails tails = new StreamTails(kernel, host.hostId(), clock);
    for (CaptureEvent end : tails.takeUnsent()) {
      recorder.accept(end);
    }
    for (CaptureEvent end : tails.open()) {
      recorder.accept(end);
    }
    CpuBudget limit = budget;
    if (limit != null) {
      shedNanos = limit.finish(clock.monotonicNanos());
    }
    reportLosses(recorder, decoder);
    for (CaptureEvent event : blindSpots.open(clock.monotonicNanos())) {
      recorder.accept(event);
    }
    recorder.accept(readClocks());
  }

  private static RecorderStats progress(CaptureFiles files, EventRecorder recorder) {
    return new RecorderStats(
        recorder.events(),
        recorder.payloadBytes(),
        recorder.streams(),
        files.fileBytes(),
        Map.of(),
        Map.of(),
        recorder.lateAttaches(),
        RecorderStats.Cost.NONE,
        new RecorderStats.Files(0, 0),
        new RecorderStats.Blocks(0, 0));
  }

  private RecorderStats stats(CaptureFiles files, EventRecorder recorder) {
    WriterStats sum = files.sum();
    Map<LossEvent.Cause, RecorderStats.Loss> lost = new EnumMap<>(LossEvent.Cause.class);
    losses
        .totals()
        .forEach(
            (cause, count) ->
                lost.put(cause, new RecorderStats.Loss(count.events(), count.bytes())));
    long redactedBytes = options.redactor() == null ? 0 : options.redactor().droppedBytes();
    long unwritten = recorder.discardedEvents() + sum.droppedEvents();
    lost.put(
        LossEvent.Cause.WRITE_FAILED,
        new RecorderStats.Loss(
            unwritten, recorder.payloadBytes() - sum.payloadBytes() - redactedBytes));
    if (redactedBytes > 0) {
      lost.put(LossEvent.Cause.REDACTED, new RecorderStats.Loss(0, redactedBytes));
    }
    return new RecorderStats(
        sum.events(),
        sum.payloadBytes(),
        recorder.streams(),
        sum.fileBytes(),
        lost,
        blindSpots.totals(),
        recorder.lateAttaches(),
        new RecorderStats.Cost(peakMemoryBytes(), clock.processCpuNanos(), shedNanos),
        new RecorderStats.Files(files.finishedFiles(), files.deletedFiles()),
        new RecorderStats.Blocks(sum.storedBlocks(), sum.thoroughBlocks()));
  }

  private long peakMemoryBytes() {
    // proc(5): "VmHWM: 12345 kB"
    String[] fields = proc.status((int) ProcessHandle.current().pid(), "VmHWM").split(" ", 2);
    return fields[0].isEmpty() ? 0 : Long.parseLong(fields[0]) * 1024;
  }

  /** Detaches and unloads; calling it twice is safe. */
  @Override
  public void close() {
    discovery.stop();
    Thread thread = discoveryThread;
    if (thread == null) {
      discovery.close();
    } else {
      try {
        thread.join(DETACH_TIMEOUT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    kernel.detachTracepoints();
    ring.close();
    kernel.close();
  }
}
