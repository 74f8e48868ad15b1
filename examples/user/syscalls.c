#include <user/svc.h>
#include <user/syscalls.h>

uint32_t send(const struct message *message)
{
    const struct send_request request = {
        .task = message->task,
        .operation = message->operation,
        .message = (uint32_t)message->data,
        .length = message->length,
        .reply = (uint32_t)message->reply,
        .reply_capacity = message->reply_capacity,
        .loans = (uint32_t)message->loans,
        .loan_count = message->loan_count,
    };
    return svc(SYSCALL_SEND, (uint32_t)&request, 0, 0, 0).r0;
}

static struct received receive_from(const struct receive_request *request)
{
    struct received received;
    svc(SYSCALL_RECEIVE, (uint32_t)request, (uint32_t)&received, 0, 0);
    return received;
}

struct received receive(void *buffer, uint32_t capacity, uint32_t notifications)
{
    return receive_from(&(struct receive_request){
        .buffer = (uint32_t)buffer,
        .capacity = capacity,
        .notifications = notifications,
        .from = RECEIVE_ANY,
    });
}

uint32_t wait(uint32_t notifications)
{
    return receive_from(&(struct receive_request){
                            .notifications = notifications,
                            .from = RECEIVE_NOTIFICATIONS,
                        })
        .notifications;
}

void reply(uint32_t task_id, uint32_t code, const void *data, uint32_t length)
{
    svc(SYSCALL_REPLY, task_id, code, (uint32_t)data, length);
}

uint32_t loan_info(uint32_t lender, uint32_t loan, uint32_t *ret_access, uint32_t *ret_length)
{
    const struct svc_result result = svc(SYSCALL_LOAN_INFO, lender, loan, 0, 0);
    if (result.r0 == CODE_OK) {
        *ret_access = result.r1;
        *ret_length = result.r2;
    }
    return result.r0;
}

static uint32_t borrow(enum syscall number, const struct borrow_request *request)
{
    return svc(number, (uint32_t)request, 0, 0, 0).r0;
}

uint32_t borrow_read(uint32_t lender, uint32_t loan, uint32_t offset, void *to, uint32_t length)
{
    const struct borrow_request request = {lender, loan, offset, (uint32_t)to, length};
    return borrow(SYSCALL_BORROW_READ, &request);
}

uint32_t borrow_write(uint32_t lender, uint32_t loan, uint32_t offset, const void *from,
                      uint32_t length)
{
    const struct borrow_request request = {lender, loan, offset, (uint32_t)from, length};
    return borrow(SYSCALL_BORROW_WRITE, &request);
}

void set_timer(uint32_t milliseconds, uint32_t notifications)
{
    svc(SYSCALL_SET_TIMER, milliseconds, notifications, 0, 0);
}

void notify(uint32_t task, uint32_t notifications)
{
    svc(SYSCALL_NOTIFY, task, notifications, 0, 0);
}

void irq_control(uint32_t notifications, enum irq_control control)
{
    svc(SYSCALL_IRQ_CONTROL, notifications, control, 0, 0);
}

uint32_t task_status(uint32_t task, struct task_status *ret)
{
    return svc(SYSCALL_TASK_STATUS, task, (uint32_t)ret, 0, 0).r0;
}

void restart_task(uint32_t task)
{
    svc(SYSCALL_RESTART_TASK, task, 0, 0, 0);
}

static uint32_t text_length(const char *text)
{
    uint32_t length = 0;
    while (text[length])
        length++;
    return length;
}

_Noreturn void exit_run(uint32_t status, const char *message)
{
    svc(SYSCALL_EXIT, status, (uint32_t)message, text_length(message), 0);
    __builtin_unreachable();
}

_Noreturn void panic(const char *message)
{
    svc(SYSCALL_PANIC, (uint32_t)message, text_length(message), 0, 0);
    __builtin_unreachable();
}
