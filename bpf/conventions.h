/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * How a TLS library's function moves bytes. The recorder's table of libraries has one for each
 * function and gives it to the probes as their attach cookie, so that one pair of programs serves
 * all functions of all libraries. The session is argument 1 and the bytes are at argument 2.
 */
#ifndef TAPEDECK_CONVENTIONS_H
#define TAPEDECK_CONVENTIONS_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* What is recorded of a call that moved bytes. */
enum call_effect {
	EFFECT_COPY = 1,      /* the bytes */
	EFFECT_PEEK = 2,      /* nothing: they stay in the stream, and a later call returns them */
	EFFECT_NO_MEMORY = 3, /* their number: they never are in the process's memory */
};

/* How a call says what it moved; anything else moved nothing. */
enum call_result {
	RESULT_INT = 1,     /* int: bytes, when positive */
	RESULT_LONG = 2,    /* long or ssize_t: bytes, when positive */
	RESULT_POINTER = 3, /* int 1: *result_argument is a size_t with the bytes */
};

/* Eight bytes, as an attach cookie is. */
struct call_convention {
	__u16 call;           /* enum call, as told in the events */
	__u8 direction;       /* enum direction; DIRECTION_NONE moves no bytes */
	__u8 effect;          /* enum call_effect */
	__u8 length_argument; /* which one is the length asked, 1..5; 0: none */
	__u8 length_bytes;    /* width of that argument, 4 or 8 */
	__u8 result;          /* enum call_result */
	__u8 result_argument; /* RESULT_POINTER: which one points to the result, 1..5; else 0 */
};
#define DIRECTION_NONE 2

/*
 * Map `call_conventions`, array: slot -> struct call_convention, in the object for kernels without
 * attach cookies (before 5.15). There the programs are handle_call_SLOT_entry and _return.
 */
#define CALL_SLOTS 16

#endif /* TAPEDECK_CONVENTIONS_H */
