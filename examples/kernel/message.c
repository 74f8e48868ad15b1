#include "message.h"
#include "fault.h"
#include "loan.h"
#include "slice.h"

static bool send_is_sound(struct task *sender)
{
    const struct send_request *send = &sender->send;
    if (send->task >= task_count() || send->task == sender->record->index) {
        fault_raise_syscall(sender, send->task,
                            "sends to a task that does not exist, or to itself");
        return false;
    }
    if (!slice_is_allowed(sender, send->message, send->length, IMGBUILD_READ)) {
        fault_raise_syscall(sender, send->message, "sends a message that it may not read");
        return false;
    }
    if (!slice_is_allowed(sender, send->reply, send->reply_capacity, IMGBUILD_WRITE)) {
        fault_raise_syscall(sender, send->reply, "wants a reply in memory that it may not write");
        return false;
    }
    return loans_accept(sender);
}

/* Copies the waiting sender's message to the waiting receiver. Both were checked in their calls. */
static void message_deliver(struct task *sender, struct task *receiver)
{
    const struct received received = {
        .sender = task_id(sender),
        .operation = sender->send.operation,
        .length = sender->send.length,
        .reply_capacity = sender->send.reply_capacity,
        .loan_count = sender->send.loan_count,
    };
    const uint32_t fits =
        received.length < receiver->receive.capacity ? received.length : receiver->receive.capacity;
    slice_copy(receiver->receive.buffer, sender->send.message, fits);
    slice_copy(receiver->received, (uint32_t)&received, sizeof received);
    sender->state = STATE_AWAITING_REPLY;
    receiver->state = STATE_READY;
}

static void notifications_deliver(struct task *receiver)
{
    const struct received received = {
        .notifications = receiver->notifications & receiver->receive.notifications,
    };
    receiver->notifications &= ~received.notifications;
    slice_copy(receiver->received, (uint32_t)&received, sizeof received);
    receiver->state = STATE_READY;
}

void message_send(struct task *sender, uint32_t request)
{
    if (!slice_fetch(sender, request, &sender->send, sizeof sender->send)) {
        fault_raise_syscall(sender, request, "sends with a request that it may not read");
        return;
    }
    if (!send_is_sound(sender))
        return;
    struct task *receiver = &tasks[sender->send.task];
    sender->peer = sender->send.task;
    sender->state = STATE_SENDING;
    if (receiver->state == STATE_RECEIVING && receiver->receive.from == RECEIVE_ANY)
        message_deliver(sender, receiver);
}

static struct task *most_important_sender_to(uint32_t index)
{
    struct task *best = 0;
    for (uint32_t i = 0; i < task_count(); i++) {
        if (tasks[i].state != STATE_SENDING || tasks[i].peer != index)
            continue;
        if (!best || tasks[i].record->priority < best->record->priority)
            best = &tasks[i];
    }
    return best;
}

void message_receive(struct task *receiver, uint32_t request, uint32_t received)
{
    struct receive_request *receive = &receiver->receive;
    if (!slice_fetch(receiver, request, receive, sizeof *receive)) {
        fault_raise_syscall(receiver, request, "receives with a request that it may not read");
        return;
    }
    if (!slice_is_allowed(receiver, receive->buffer, receive->capacity, IMGBUILD_WRITE) ||
        !slice_is_allowed(receiver, received, sizeof(struct received), IMGBUILD_WRITE)) {
        fault_raise_syscall(receiver, receive->buffer,
                            "receives into memory that it may not write");
        return;
    }
    receiver->received = received;
    receiver->state = STATE_RECEIVING;
    if (receiver->notifications & receive->notifications) {
        notifications_deliver(receiver);
        return;
    }
    struct task *sender = most_important_sender_to(receiver->record->index);
    if (sender && receive->from == RECEIVE_ANY)
        message_deliver(sender, receiver);
}

void message_reply(struct task *server, uint32_t client_id, uint32_t code, uint32_t message,
                   uint32_t length)
{
    if (!slice_is_allowed(server, message, length, IMGBUILD_READ)) {
        fault_raise_syscall(server, message, "replies with memory that it may not read");
        return;
    }
    struct task *client = task_by_id(client_id);
    if (!client || client->state != STATE_AWAITING_REPLY || client->peer != server->record->index)
        return; /* the client was restarted meanwhile: nobody waits for this */
    if (length > client->send.reply_capacity) {
        fault_raise_syscall(server, message, "replies more than its client has room for");
        return;
    }
    slice_copy(client->send.reply, message, length);
    context_set_result(&client->context, 0, code);
    context_set_result(&client->context, 1, length);
    client->state = STATE_READY;
}

void message_notify(struct task *task, uint32_t notifications)
{
    task->notifications |= notifications;
    if (task->state == STATE_RECEIVING && (task->notifications & task->receive.notifications))
        notifications_deliver(task);
}
