// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureHost;
import dev.tapedeck.format.CaptureSummary;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Derivation;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.format.UnknownEvent;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a capture holds as JSON values, in the shape that the conformance corpus expects ({@code
 * samples/captures/format/README.md}).
 */
final class CaptureJson {
  private static final int SHORT_PAYLOAD_BYTES = 64;

  private CaptureJson() {}

  /** A JSON object that keeps the order of its fields. */
  static final class Fields extends LinkedHashMap<String, Object> {
    private static final long serialVersionUID = 1L;

    Fields with(String name, @Nullable Object value) {
      put(name, value);
      return this;
    }

    Fields withAll(Map<String, Object> fields) {
      putAll(fields);
      return this;
    }
  }

  private static Fields fields() {
    return new Fields();
  }

  static Fields header(CaptureHeader header) {
    Fields json =
        fields()
            .with("file_id", header.fileId().toString())
            .withAll(
                host(
                    new CaptureHost(
                        header.hostId(),
                        header.hostName(),
                        header.architecture(),
                        header.kernelRelease())))
            .with("producer", header.producer())
            .with("created_real_nanos", header.createdRealNanos())
            .with("attributes", header.attributes());
    if (!header.hosts().isEmpty()) {
      json.with("hosts", header.hosts().stream().map(CaptureJson::host).toList());
    }
    Derivation derivation = header.derivation();
    if (derivation != null) {
      json.with(
          "derivation",
          fields()
              .with("verb", derivation.verb())
              .with("producer", derivation.producer())
              .with("origins", derivation.origins().stream().map(CaptureJson::origin).toList()));
    }
    return json;
  }

  private static Fields host(CaptureHost host) {
    return fields()
        .with("host_id", hostId(host.hostId()))
        .with("host_name", host.hostName())
        .with("architecture", host.architecture())
        .with("kernel_release", host.kernelRelease());
  }

  private static String hostId(long hostId) {
    return HexFormat.of().toHexDigits(hostId);
  }

  private static Fields origin(Derivation.Origin origin) {
    return fields()
        .with("file_id", origin.fileId().toString())
        .with("first_sequence", origin.firstSequence())
        .with("end_sequence", origin.endSequence());
  }

  static Fields damage(Damage damage) {
    return fields()
        .with("kind", damage.kind().name().toLowerCase(Locale.ROOT))
        .with("offset", damage.offset())
        .with("length", damage.lengthBytes())
        .with("lost_events", known(damage.lostEvents()));
  }

  static Fields loss(CopyLoss loss) {
    return fields()
        .with("kind", loss.kind().number())
        .with("blocks", known(loss.blocks()))
        .with("events", known(loss.events()))
        .with("data_bytes", known(loss.dataBytes()))
        .with("offset", loss.offset())
        .with("length_bytes", loss.lengthBytes());
  }

  static Fields summary(CaptureSummary summary) {
    return fields()
        .with("finished", summary.complete())
        .with("blocks", summary.blocks())
        .with("events", summary.events())
        .with("data_bytes", summary.payloadBytes())
        .with("first_nanos", summary.firstNanos())
        .with("last_nanos", summary.lastNanos())
        .with("lost_events", summary.lostEvents())
        .with("lost_bytes", summary.lostBytes());
  }

  /** Returns null for the −1 that says "not known". */
  private static @Nullable Long known(long value) {
    return value == -1 ? null : value;
  }

  static Fields event(CaptureEvent event) {
    EventStamp stamp = event.stamp();
    Fields json =
        fields()
            .with("kind", kind(event))
            .withAll(process(stamp.process()))
            .with("tid", stamp.tid())
            .with("entry_nanos", stamp.enterNanos())
            .with("exit_nanos", stamp.exitNanos())
            .with("ring", stamp.origin().ring())
            .with("cpu", stamp.origin().cpu())
            .with("sequence", stamp.origin().sequence());
    if (event instanceof ProcessEvent process) {
      return json.withAll(processEvent(process));
    } else if (event instanceof SocketEvent socket) {
      return json.with("connection", connection(socket.connection())).withAll(socketEvent(socket));
    } else if (event instanceof StreamEvent stream) {
      return json.with("stream", stream(stream.stream()))
          .with("position", stream.position())
          .withAll(streamEvent(stream));
    } else if (event instanceof TlsEvent tls) {
      return json.with("session", session(tls.session())).withAll(tlsEvent(tls));
    } else if (event instanceof LibraryEvent library) {
      return json.with("path", library.path())
          .with("build_id", library.buildId())
          .with("family", library.family())
          .with("version", library.version())
          .with("attached_symbols", library.attachedSymbols());
    } else if (event instanceof LossEvent loss) {
      return json.with("cause", loss.cause().number())
          .with("events", known(loss.events()))
          .with("lost_bytes", known(loss.lostBytes()))
          .with("stream", loss.stream() == null ? null : stream(loss.stream()));
    } else if (event instanceof BlindSpotEvent blind) {
      return json.with("what", blind.what().number())
          .with("connection", blind.connection() == null ? null : connection(blind.connection()))
          .with("detail", blind.detail())
          .with("egress_bytes", blind.egressBytes())
          .with("ingress_bytes", blind.ingressBytes());
    } else if (event instanceof ClockEvent clock) {
      return json.with("boot_nanos", clock.bootNanos()).with("real_nanos", clock.realNanos());
    }
    return json.with("number", ((UnknownEvent) event).kind());
  }

  private static String kind(CaptureEvent event) {
    String name = event.getClass().getSimpleName().replace("Event", "");
    return event instanceof ProcessEvent
        ? "Process" + name
        : event instanceof TlsEvent ? "Tls" + name : name;
  }

  private static Fields process(ProcessKey process) {
    return fields()
        .with("host_id", hostId(process.hostId()))
        .with("pid", process.pid())
        .with("start_nanos", process.startNanos());
  }

  private static Fields connection(ConnectionId connection) {
    return fields()
        .with("host_id", hostId(connection.hostId()))
        .with("socket", connection.socket())
        .with("generation", connection.generation());
  }

  private static Fields session(TlsSessionId session) {
    return process(session.process())
        .with("pointer", session.pointer())
        .with("generation", session.generation());
  }

  private static Fields stream(StreamId stream) {
    StreamOwner owner = stream.owner();
    Fields json =
        owner instanceof ConnectionId connection
            ? fields().with("connection", connection(connection))
            : fields().with("tls_session", session((TlsSessionId) owner));
    return json.with("direction", stream.direction().name().toLowerCase(Locale.ROOT));
  }

  private static Fields descriptor(DescriptorRef descriptor) {
    return fields().with("holder", process(descriptor.process())).with("fd", descriptor.fd());
  }

  private static Fields flow(FlowKey flow) {
    return fields()
        .with("local_address", flow.local().address())
        .with("local_port", flow.local().port())
        .with("remote_address", flow.remote().address())
        .with("remote_port", flow.remote().port())
        .with("netns", flow.netns());
  }

  private static Fields ends(StreamEnds ends) {
    Fields fields =
        fields()
            .with("egress_end", known(ends.egressPosition()))
            .with("ingress_end", known(ends.ingressPosition()))
            .with("egress_lost_bytes", ends.egressLostBytes())
            .with("ingress_lost_bytes", ends.ingressLostBytes())
            .with("last", ends.last())
            .with("reset", ends.reset());
    if (ends.egressSkippedBytes() >= 0) {
      fields.with("egress_skipped_bytes", ends.egressSkippedBytes());
    }
    if (ends.ingressSkippedBytes() >= 0) {
      fields.with("ingress_skipped_bytes", ends.ingressSkippedBytes());
    }
    return fields;
  }

  private static Fields processEvent(ProcessEvent event) {
    if (event instanceof ProcessEvent.Exec exec) {
      ProcessEvent.ProgramInfo program = exec.program();
      return fields()
          .with("comm", program.comm())
          .with("exe", program.exe())
          .with("parent_pid", program.parentPid())
          .with("cgroup", program.cgroup())
          .with("arguments", program.arguments())
          .with("existing", exec.existing());
    } else if (event instanceof ProcessEvent.Fork fork) {
      return fields().with("child", process(fork.child()));
    }
    return fields().with("exit_code", ((ProcessEvent.Exit) event).exitCode());
  }

  private static Fields socketEvent(SocketEvent event) {
    if (event instanceof SocketEvent.Connect connect) {
      return descriptor(connect.descriptor()).with("flow", flow(connect.flow()));
    } else if (event instanceof SocketEvent.Accept accept) {
      return descriptor(accept.descriptor()).with("flow", flow(accept.flow()));
    } else if (event instanceof SocketEvent.Existing existing) {
      return descriptor(existing.descriptor())
          .with("flow", flow(existing.flow()))
          .with(
              "role",
              existing.role() == null ? null : existing.role().name().toLowerCase(Locale.ROOT));
    } else if (event instanceof SocketEvent.Dup dup) {
      return descriptor(dup.descriptor());
    }
    SocketEvent.Close close = (SocketEvent.Close) event;
    return descriptor(close.descriptor()).withAll(ends(close.end()));
  }

  private static Fields streamEvent(StreamEvent event) {
    if (event instanceof StreamEvent.Data data) {
      Fields json =
          fields()
              .with("captured_bytes", data.capturedLength())
              .with("cut_bytes", data.originalLength() - data.capturedLength())
              .withAll(call(data.call()));
      if (data.payload() != null) {
        byte[] payload = data.payload().toArray();
        json.with("payload_sha256", sha256(payload));
        if (payload.length <= SHORT_PAYLOAD_BYTES) {
          json.with("payload", HexFormat.of().formatHex(payload));
        }
      }
      return json;
    } else if (event instanceof StreamEvent.Transfer transfer) {
      return fields().with("length", transfer.lengthBytes()).withAll(call(transfer.call()));
    }
    StreamEvent.CipherRecord record = (StreamEvent.CipherRecord) event;
    return fields()
        .with("length", record.lengthBytes())
        .with("prefix", HexFormat.of().formatHex(record.prefix().toArray()));
  }

  private static Fields call(CallRef call) {
    return fields()
        .with("call_kind", call.kind().number())
        .with("call_id", call.id())
        .with("part_index", call.partIndex())
        .with("requested_bytes", call.requestedLength())
        .with("returned_bytes", call.returnedLength());
  }

  private static Fields tlsEvent(TlsEvent event) {
    if (event instanceof TlsEvent.Handshake handshake) {
      return fields()
          .with("version", handshake.version())
          .with("cipher", handshake.cipher())
          .with("server_name", handshake.serverName())
          .with("alpn", handshake.alpn());
    } else if (event instanceof TlsEvent.Free free) {
      return ends(free.end());
    } else if (event instanceof TlsEvent.Binding binding) {
      return fields()
          .with("evidence", binding.evidence().number())
          .withAll(descriptor(binding.descriptor()))
          .with(
              "connection", binding.connection() == null ? null : connection(binding.connection()));
    }
    return fields();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns the reason of a refusal, with the number that is not known. */
  static Fields refused(String kind, @Nullable Integer number) {
    return fields().with("kind", kind).with("number", number);
  }
}
