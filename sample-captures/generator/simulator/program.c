/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include "world.h"

struct step *program_add(struct program *program, enum wait wait, int64_t delay, enum call call, uint32_t count)
{
    static struct step surplus;

    if (program->count == PROGRAM_STEPS)
        return &surplus;
    struct step *step = &program->steps[program->count++];
    *step = (struct step){ .wait = wait, .delay = delay, .call = call, .count = count };
    return step;
}

static bool gone(const struct host *host)
{
    return !host->exists || host->tcb.state == TCP_TIME_WAIT;
}

/* May the step begin? */
static bool ready(const struct host *host, const struct step *step)
{
    switch (step->wait) {
    case WAIT_ESTABLISHED: return tcp_was_established(host);
    case WAIT_RECEIVED:
        return tcp_was_established(host) && (host->tcb.received >= step->received || host->tcb.peer_fin);
    case WAIT_PEER_FIN: return tcp_was_established(host) && host->tcb.peer_fin;
    case WAIT_GONE: return gone(host);
    default: return true;
    }
}

static bool about_connection(const struct step *step)
{
    return !step->anew && step->call != CALL_LISTEN && step->call != CALL_CONNECT && step->call != CALL_DEAF;
}

void program_poll(struct world *world, unsigned side)
{
    struct program *program = &world->programs[side];
    struct host *host = &world->hosts[side];

    if (program->handler >= 0 && host->accepted != program->seen) {
        program->seen = host->accepted;
        program->at = (unsigned)program->handler;
        program->scheduled = false;
        program->generation++;
        program->began = true;
    }
    if (host->exists)
        program->began = true;
    else if (program->began) {
        /* what is left to do with a connection that is gone is not done */
        unsigned at = program->at;
        while (program->at < program->count && about_connection(&program->steps[program->at]))
            program->at++;
        if (program->at != at) {
            program->scheduled = false;
            program->generation++;
        }
        program->began = false;
    }
    if (program->scheduled || program->at >= program->count)
        return;
    const struct step *step = &program->steps[program->at];
    if (!ready(host, step))
        return;
    int64_t time = step->wait == WAIT_TIME ? step->delay : world->now + step->delay;
    program->scheduled = true;
    world_schedule(world,
                   &(struct event){ .time = time < world->now ? world->now : time,
                                    .kind = EVENT_PROGRAM,
                                    .side = (uint8_t)side,
                                    .number = ++program->generation });
}

static void call(struct host *host, const struct step *step)
{
    switch (step->call) {
    case CALL_LISTEN:
        tcp_listen(host, (enum split)host->world->programs[host->side].listen,
                   host->world->programs[host->side].answer);
        break;
    case CALL_CONNECT: tcp_connect(host, step->count); break;
    case CALL_WRITE: tcp_write(host, step->count); break;
    case CALL_HALF_CLOSE: tcp_half_close(host); break;
    case CALL_CLOSE: tcp_close(host, false); break;
    case CALL_CLOSE_UNREAD: tcp_close(host, true); break;
    case CALL_ABORT: tcp_abort(host); break;
    case CALL_CRASH: tcp_crash(host); break;
    case CALL_KEEP_ALIVE: tcp_keep_alive(host); break;
    case CALL_CANCEL:
        if (host->exists && host->tcb.state == TCP_SYN_SENT)
            tcp_close(host, false);
        break;
    case CALL_DEAF: host->listening = false; break;
    }
}

void program_run(struct world *world, unsigned side)
{
    struct program *program = &world->programs[side];
    const struct step *step = &program->steps[program->at++];

    program->scheduled = false;
    call(&world->hosts[side], step);
}
