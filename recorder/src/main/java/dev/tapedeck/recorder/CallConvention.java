// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.Direction;
import dev.tapedeck.recorder.ControlLayout.Convention;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a function moves bytes: {@code struct call_convention}, which the kernel side gets with each
 * probe. The session is the function's first argument, the buffer its second.
 *
 * @param call number of the call in the events, of {@link EventLayout.Call}
 * @param direction which way the bytes go
 * @param effect what is recorded of them
 * @param length which argument says how many are asked for
 * @param result how the function says how many it moved
 */
record CallConvention(int call, Direction direction, Effect effect, Length length, Result result) {

  /** What is recorded of a call that moved bytes. */
  enum Effect {
    /** The bytes. */
    COPY(1),
    /** Nothing: they stay in the stream, a later call returns them. */
    PEEK(2),
    /** How many they were: they never are in the process's memory. */
    NO_MEMORY(3);

    private final int number;

    Effect(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /**
   * An argument that is a length.
   *
   * @param argument 3 to 5
   * @param widthBytes 4 or 8
   */
  record Length(int argument, int widthBytes) {
    Length {
      requireArgument(argument);
    }

    /** Returns an argument of type {@code int}. */
    static Length asInt(int argument) {
      return new Length(argument, Integer.BYTES);
    }

    /** Returns an argument of type {@code size_t}. */
    static Length asSize(int argument) {
      return new Length(argument, Long.BYTES);
    }
  }

  /**
   * How many bytes were moved.
   *
   * @param number {@code enum call_result}
   * @param argument the argument that points to the result, 3 to 5; 0 where there is none
   */
  record Result(int number, int argument) {
    /** {@code int}: the bytes, when positive. */
    static final Result INT = new Result(1, 0);

    /** {@code ssize_t}: the bytes, when positive. */
    static final Result SSIZE = new Result(2, 0);

    private static final int POINTER = 3;

    /** Returns the convention to return 1 and put the bytes where an argument points to. */
    static Result at(int argument) {
      requireArgument(argument);
      return new Result(POINTER, argument);
    }
  }

  private static void requireArgument(int argument) {
    if (argument < 3 || argument > 5) {
      throw new IllegalArgumentException("argument=" + argument + " wanted=3..5");
    }
  }

  /** Returns the convention as the probe's attach cookie; never 0. */
  long cookie() {
    ByteBuffer bytes = ByteBuffer.allocate(Convention.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort(Convention.CALL, (short) call);
    bytes.put(Convention.DIRECTION, (byte) (direction == Direction.EGRESS ? 0 : 1));
    bytes.put(Convention.EFFECT, (byte) effect.number());
    bytes.put(Convention.LENGTH_ARGUMENT, (byte) length.argument());
    bytes.put(Convention.LENGTH_BYTES, (byte) length.widthBytes());
    bytes.put(Convention.RESULT, (byte) result.number());
    bytes.put(Convention.RESULT_ARGUMENT, (byte) result.argument());
    return bytes.getLong(0);
  }
}
