/* A program that makes no call: what its constructors print is all. */
int main(void)
{
    return 0;
}
