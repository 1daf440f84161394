/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * What old kernels lack. The verifier refuses unknown instructions and callback references even in
 * dead code, so these cannot be chosen at run time: the same sources are built a second time with
 * TAPEDECK_LEGACY for Linux 5.12 to 5.16.
 */
#ifndef TAPEDECK_COMPAT_BPF_H
#define TAPEDECK_COMPAT_BPF_H

#ifndef TAPEDECK_LEGACY

/* Atomic add that returns the old value: BPF_FETCH, Linux 5.12. */
static __always_inline u64 fetch_add(u64 *value, u64 add)
{
	return __sync_fetch_and_add(value, add);
}

/* Calls step(index, context) until it returns 1 or `times` is reached: bpf_loop, Linux 5.17. */
#define REPEAT(times, step, context) bpf_loop(times, step, context, 0)
#define STEPS_MAX                    1536 /* 1024 iovecs and CALL_BYTES_MAX in whole parts never need more */

#else

/*
 * Without BPF_FETCH: the sum stays right, but two threads in the same call at once may get the
 * same value; positions of streams that several threads write to at once may overlap.
 */
static __always_inline u64 fetch_add(u64 *value, u64 add)
{
	u64 before = *(volatile u64 *)value;

	__sync_fetch_and_add(value, add);
	return before;
}

/* A constant bound that the verifier follows round by round, so it is not larger than it must. */
#define REPEAT(times, step, context)                                                               \
	for (u32 step_index = 0; step_index < (times); step_index++) {                             \
		if (step(step_index, context))                                                     \
			break;                                                                     \
	}
#define STEPS_MAX 256 /* 128 iovecs and 4 MiB in whole parts */

#endif

/* The next number of a sequence that begins at 1; 0 when there is no such counter. */
static __always_inline u64 next_number(enum counter which)
{
	u32 key = which;
	u64 *last = bpf_map_lookup_elem(&counters, &key);

	return last ? fetch_add(last, 1) + 1 : 0;
}

#endif /* TAPEDECK_COMPAT_BPF_H */
