/* A model of an I2C bus driver: the bus has one device, whose registers are computed. The driver
 * knows its clients' memory only by their loans, and moves it in pieces, as a real one would
 * through its FIFO. */
#include "task.h"
#include <protocol/i2c.h>
#include <stdbool.h>
#include <user/syscalls.h>

#define DEVICE CONFIG_DEVICE

/* No power of two, so that pieces straddle whatever boundaries their loan has. */
#define PIECE_BYTES 500u

static uint8_t piece[PIECE_BYTES];

static uint8_t device_byte(uint32_t device_register)
{
    return (uint8_t)(device_register * 7 + (device_register >> 8) + DEVICE);
}

/* A transfer takes time, in which others run. */
static void bus_transfer(void)
{
    set_timer(1, NOTIFY_BUS_DONE);
    wait(NOTIFY_BUS_DONE);
}

static bool move_in(const struct received *request, uint32_t first, uint32_t offset, uint32_t count)
{
    bus_transfer();
    for (uint32_t i = 0; i < count; i++)
        piece[i] = device_byte(first + offset + i);
    return borrow_write(request->sender, 0, offset, piece, count) == CODE_OK;
}

/* The device takes only what it holds already: a model can be checked, but not changed. */
static bool move_out(const struct received *request, uint32_t first, uint32_t offset,
                     uint32_t count)
{
    if (borrow_read(request->sender, 0, offset, piece, count) != CODE_OK)
        return false;
    bus_transfer();
    for (uint32_t i = 0; i < count; i++) {
        if (piece[i] != device_byte(first + offset + i))
            return false;
    }
    return true;
}

static enum i2c_code transfer(const struct received *request, const struct i2c_transfer *what)
{
    uint32_t access;
    uint32_t length;
    if (request->operation > I2C_WRITE || request->length != sizeof *what ||
        loan_info(request->sender, 0, &access, &length) != CODE_OK)
        return I2C_BAD_REQUEST;
    if (what->device != DEVICE)
        return I2C_NO_DEVICE;
    for (uint32_t offset = 0; offset < length; offset += PIECE_BYTES) {
        const uint32_t left = length - offset;
        const uint32_t count = left < PIECE_BYTES ? left : PIECE_BYTES;
        const bool moved = request->operation == I2C_READ
                               ? move_in(request, what->device_register, offset, count)
                               : move_out(request, what->device_register, offset, count);
        if (!moved)
            return I2C_BAD_REQUEST;
    }
    return I2C_OK;
}

int main(void)
{
    for (;;) {
        struct i2c_transfer what;
        const struct received request = receive(&what, sizeof what, 0);
        reply(request.sender, transfer(&request, &what), 0, 0);
    }
}
