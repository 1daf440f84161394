// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Endpoint;
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
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** Writes events as JSON objects; {@code docs/JSON.md} describes every field. */
final class EventJson {
  private final JsonGenerator json;
  private final Content content;

  /** Writes the captured bytes of data events with {@code content}. */
  EventJson(JsonGenerator json, Content content) {
    this.json = json;
    this.content = content;
  }

  /** Writes the fields that hold captured bytes. */
  @FunctionalInterface
  interface Content {
    void write(JsonGenerator json, Bytes payload);

    /** Returns what shows at most so many bytes of each event, in base64. */
    static Content firstBytes(int count) {
      return (json, payload) -> {
        if (count > 0) {
          PayloadJson.base64(json, payload.slice(0, Math.min(count, payload.length())));
        }
      };
    }
  }

  /**
   * Writes an event.
   *
   * @param capture the file, which is named where there are several
   */
  void write(CaptureRef capture, CaptureEvent event) {
    json.writeStartObject();
    if (capture.file() != null) {
      json.writeStringProperty("file", capture.file());
    }
    if (event instanceof StreamEvent stream) {
      stream(stream);
    } else if (event instanceof SocketEvent socket) {
      socket(socket);
    } else if (event instanceof TlsEvent tls) {
      tls(tls);
    } else if (event instanceof ProcessEvent process) {
      process(process);
    } else {
      other(event);
    }
    json.writeEndObject();
  }

  private void other(CaptureEvent event) {
    if (event instanceof LossEvent loss) {
      start("loss", loss);
      json.writeStringProperty("cause", lower(loss.cause()));
      known("lost_events", loss.events());
      known("lost_bytes", loss.lostBytes());
      if (loss.level() >= 0) {
        json.writeNumberProperty("level", loss.level());
      }
      StreamId stream = loss.stream();
      if (stream != null) {
        stream(stream);
      }
    } else if (event instanceof LibraryEvent library) {
      start("library", library);
      json.writeStringProperty("path", library.path());
      json.writeStringProperty("build_id", library.buildId());
      json.writeStringProperty("family", library.family());
      json.writeStringProperty("version", library.version());
      json.writeNumberProperty("attached_symbols", library.attachedSymbols());
    } else if (event instanceof BlindSpotEvent blind) {
      start("blind_spot", blind);
      if (blind.connection() != null) {
        owner(blind.connection());
      }
      json.writeStringProperty("what", lower(blind.what()));
      json.writeNumberProperty("detail", blind.detail());
      json.writeNumberProperty("egress_bytes", blind.egressBytes());
      json.writeNumberProperty("ingress_bytes", blind.ingressBytes());
    } else if (event instanceof ClockEvent clock) {
      start("clock", clock);
      json.writeNumberProperty("boot_ns", clock.bootNanos());
      json.writeNumberProperty("real_ns", clock.realNanos());
    } else if (event instanceof UnknownEvent unknown) {
      start("unknown", unknown);
      json.writeNumberProperty("kind", unknown.kind());
    } else {
      throw new IllegalStateException("event=" + event.getClass());
    }
  }

  private void stream(StreamEvent event) {
    if (event instanceof StreamEvent.Data data) {
      start("data", data);
      stream(data.stream());
      json.writeNumberProperty("position", data.position());
      json.writeNumberProperty("original_bytes", data.originalLength());
      json.writeNumberProperty("captured_bytes", data.capturedLength());
      call(data.call());
      if (data.payload() != null) {
        content.write(json, data.payload());
      }
    } else if (event instanceof StreamEvent.Transfer transfer) {
      start("transfer", transfer);
      stream(transfer.stream());
      json.writeNumberProperty("position", transfer.position());
      json.writeNumberProperty("original_bytes", transfer.lengthBytes());
      call(transfer.call());
    } else if (event instanceof StreamEvent.CipherRecord cipher) {
      start("cipher_record", cipher);
      stream(cipher.stream());
      json.writeNumberProperty("position", cipher.position());
      json.writeNumberProperty("record_bytes", cipher.lengthBytes());
      json.writeStringProperty("prefix", cipher.prefix().toString());
    }
  }

  private void socket(SocketEvent event) {
    if (event instanceof SocketEvent.Connect connect) {
      opened("connect", connect, connect.descriptor(), connect.flow());
    } else if (event instanceof SocketEvent.Accept accept) {
      opened("accept", accept, accept.descriptor(), accept.flow());
    } else if (event instanceof SocketEvent.Existing existing) {
      opened("existing", existing, existing.descriptor(), existing.flow());
      json.writeName("role");
      if (existing.role() == null) {
        json.writeNull();
      } else {
        json.writeString(lower(existing.role()));
      }
    } else if (event instanceof SocketEvent.Dup dup) {
      start("dup", dup);
      owner(dup.connection());
      descriptor(dup, dup.descriptor());
    } else if (event instanceof SocketEvent.Close close) {
      start("close", close);
      owner(close.connection());
      descriptor(close, close.descriptor());
      ends(close.end());
    }
  }

  private void opened(String kind, SocketEvent event, DescriptorRef descriptor, FlowKey flow) {
    start(kind, event);
    owner(event.connection());
    descriptor(event, descriptor);
    endpoint("local", flow.local());
    endpoint("remote", flow.remote());
    json.writeNumberProperty("netns", flow.netns());
  }

  private void tls(TlsEvent event) {
    if (event instanceof TlsEvent.New) {
      start("tls_new", event);
      owner(event.session());
    } else if (event instanceof TlsEvent.Handshake handshake) {
      start("tls_handshake", event);
      owner(event.session());
      json.writeStringProperty("version", handshake.version());
      json.writeStringProperty("cipher", handshake.cipher());
      json.writeStringProperty("server_name", handshake.serverName());
      json.writeStringProperty("alpn", handshake.alpn());
    } else if (event instanceof TlsEvent.Clear) {
      start("tls_clear", event);
      owner(event.session());
    } else if (event instanceof TlsEvent.Shutdown) {
      start("tls_shutdown", event);
      owner(event.session());
    } else if (event instanceof TlsEvent.Free free) {
      start("tls_free", event);
      owner(event.session());
      ends(free.end());
    } else if (event instanceof TlsEvent.Binding binding) {
      start("tls_binding", event);
      owner(event.session());
      json.writeStringProperty("evidence", lower(binding.evidence()));
      descriptor(binding, binding.descriptor());
      ConnectionId connection = binding.connection();
      if (connection == null) {
        json.writeNullProperty("bound_socket");
      } else {
        json.writeNumberProperty("bound_socket", connection.socket());
        json.writeNumberProperty("bound_generation", connection.generation());
      }
    }
  }

  private void process(ProcessEvent event) {
    if (event instanceof ProcessEvent.Exec exec) {
      start("exec", exec);
      json.writeStringProperty("comm", exec.program().comm());
      json.writeStringProperty("exe", exec.program().exe());
      json.writeNumberProperty("parent_pid", exec.program().parentPid());
      json.writeStringProperty("cgroup", exec.program().cgroup());
      json.writeArrayPropertyStart("arguments");
      exec.program().arguments().forEach(json::writeString);
      json.writeEndArray();
      json.writeBooleanProperty("existing", exec.existing());
    } else if (event instanceof ProcessEvent.Fork fork) {
      start("fork", fork);
      process("child", fork.child());
    } else if (event instanceof ProcessEvent.Exit exit) {
      start("exit", exit);
      json.writeNumberProperty("exit_code", exit.exitCode());
    }
  }

  private void start(String kind, CaptureEvent event) {
    EventStamp stamp = event.stamp();
    json.writeStringProperty("event", kind);
    json.writeNumberProperty("exit_ns", stamp.exitNanos());
    json.writeName("enter_ns");
    if (stamp.enterNanos() == 0) {
      json.writeNull();
    } else {
      json.writeNumber(stamp.enterNanos());
    }
    json.writeStringProperty("host_id", Long.toUnsignedString(stamp.process().hostId()));
    process("process", stamp.process());
    json.writeNumberProperty("tid", stamp.tid());
    json.writeNumberProperty("ring", stamp.origin().ring());
    json.writeNumberProperty("cpu", stamp.origin().cpu());
    json.writeNumberProperty("sequence", stamp.origin().sequence());
  }

  private void process(String name, ProcessKey process) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("pid", process.pid());
    json.writeNumberProperty("start_ns", process.startNanos());
    json.writeEndObject();
  }

  private void stream(StreamId stream) {
    owner(stream.owner());
    json.writeStringProperty("direction", lower(stream.direction()));
  }

  private void owner(StreamOwner owner) {
    if (owner instanceof ConnectionId connection) {
      json.writeObjectPropertyStart("connection");
      json.writeNumberProperty("socket", connection.socket());
      json.writeNumberProperty("generation", connection.generation());
      json.writeEndObject();
    } else if (owner instanceof TlsSessionId session) {
      json.writeObjectPropertyStart("tls_session");
      json.writeNumberProperty("pid", session.process().pid());
      json.writeNumberProperty("start_ns", session.process().startNanos());
      json.writeStringProperty("pointer", "0x" + Long.toHexString(session.pointer()));
      json.writeNumberProperty("generation", session.generation());
      json.writeEndObject();
    }
  }

  private void descriptor(CaptureEvent event, DescriptorRef descriptor) {
    known("fd", descriptor.fd());
    if (!descriptor.process().equals(event.stamp().process())) {
      process("fd_process", descriptor.process());
    }
  }

  private void endpoint(String name, Endpoint endpoint) {
    json.writeObjectPropertyStart(name);
    json.writeStringProperty("ip", endpoint.address());
    json.writeNumberProperty("port", endpoint.port());
    json.writeEndObject();
  }

  private void call(CallRef call) {
    json.writeObjectPropertyStart("call");
    json.writeStringProperty("kind", lower(call.kind()));
    json.writeStringProperty("id", "0x" + Long.toHexString(call.id()));
    json.writeNumberProperty("part", call.partIndex());
    json.writeNumberProperty("requested_bytes", call.requestedLength());
    json.writeNumberProperty("returned_bytes", call.returnedLength());
    json.writeEndObject();
  }

  private void skipped(String name, long bytes) {
    if (bytes >= 0) {
      json.writeNumberProperty(name, bytes);
    }
  }

  private void ends(StreamEnds ends) {
    known("egress_position", ends.egressPosition());
    known("ingress_position", ends.ingressPosition());
    json.writeNumberProperty("egress_lost_bytes", ends.egressLostBytes());
    json.writeNumberProperty("ingress_lost_bytes", ends.ingressLostBytes());
    skipped("egress_skipped_bytes", ends.egressSkippedBytes());
    skipped("ingress_skipped_bytes", ends.ingressSkippedBytes());
    json.writeBooleanProperty("last", ends.last());
    if (ends.reset()) {
      json.writeBooleanProperty("reset", true);
    }
  }

  private void known(String name, long value) {
    json.writeName(name);
    if (value < 0) {
      json.writeNull();
    } else {
      json.writeNumber(value);
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
