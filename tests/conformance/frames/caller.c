/* A program whose sockets are all a library's. */
void snippet(void);

int main(void)
{
    snippet();
    return 0;
}
