/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Does nothing: attached to the program of hazard/, to see whether return probes kill it. */
#ifndef TAPEDECK_HAZARD_BPF_H
#define TAPEDECK_HAZARD_BPF_H

AT_RETURN(handle_hazard_probed_return)
{
	return 0;
}

#endif /* TAPEDECK_HAZARD_BPF_H */
