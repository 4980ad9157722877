/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a generator's capture to Wireshark's FIFO, each packet when its time has come. */
#ifndef SIMTCPDUMP_STREAM_H
#define SIMTCPDUMP_STREAM_H

enum stream_result {
    STREAM_END,     /* all of it was handed over */
    STREAM_STOPPED, /* a signal came, or the reader left */
    STREAM_FAILED   /* a line on standard error says why */
};

/* Waits until somebody reads the FIFO; another name becomes a file. STREAM_END is success here. */
enum stream_result stream_open(const char *path, int *descriptor);

/* The capture is pcapng as the generators write it: little-endian, times in nanoseconds. Speed is how many seconds of
 * the capture pass in one; 0: nothing is waited for. The descriptor to write to is that of stream_open(). */
enum stream_result stream_copy(int from, int to, double speed);

#endif
