/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* From one place of a call's bytes to the next. */
#ifndef TAPEDECK_SEGMENTS_BPF_H
#define TAPEDECK_SEGMENTS_BPF_H

static __always_inline long read_iovec(const struct part_job *job, struct iovec *iovec, u64 from)
{
	if (job->kernel_iovecs)
		return bpf_probe_read_kernel(iovec, sizeof(*iovec), (void *)from);
	return bpf_probe_read_user(iovec, sizeof(*iovec), (void *)from);
}

/* Makes the next segment current. 1: there is none, or it cannot be read. */
static __always_inline long next_segment(struct part_job *job)
{
	struct mmsghdr *message = (struct mmsghdr *)job->messages;
	struct iovec iovec;
	u32 bytes;

	if (job->iovecs_left && job->message_bytes) {
		if (read_iovec(job, &iovec, job->iovecs))
			return 1;
		job->iovecs += sizeof(iovec);
		job->iovecs_left--;
		job->segment = iovec.iov_base;
		job->segment_bytes =
			iovec.iov_len < job->message_bytes ? iovec.iov_len : job->message_bytes;
		return 0;
	}
	/* Member by member: the whole header would take 64 bytes of stack. */
	if (!job->messages_left ||
	    bpf_probe_read_user(&job->iovecs, 8, &message->msg_hdr.msg_iov) ||
	    bpf_probe_read_user(&job->iovecs_left, 4, &message->msg_hdr.msg_iovlen) ||
	    bpf_probe_read_user(&bytes, sizeof(bytes), &message->msg_len))
		return 1;
	job->messages += sizeof(*message);
	job->messages_left--;
	job->message_bytes = bytes;
	return 0;
}

#endif /* TAPEDECK_SEGMENTS_BPF_H */
