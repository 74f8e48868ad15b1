/* Synchronous messages: a sender waits until its receiver replies, and meanwhile lends it memory.
 */
#ifndef KERNEL_MESSAGE_H
#define KERNEL_MESSAGE_H

#include "task.h"

void message_send(struct task *sender, uint32_t request);
void message_receive(struct task *receiver, uint32_t request, uint32_t received);
void message_reply(struct task *server, uint32_t client, uint32_t code, uint32_t message,
                   uint32_t length);

/* Posts notifications; they wait until the task receives them. */
void message_notify(struct task *task, uint32_t notifications);

#endif
